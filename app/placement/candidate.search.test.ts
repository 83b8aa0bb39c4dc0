import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CandidateQuery, Group } from './candidate.query.ts';
import { type Candidate, searchCandidates } from './candidate.search.ts';
import type { Provider } from './provider.repository.ts';

const CLASSES = ['A', 'B'];
const SHARES = 'MISC_SHARES_VIA_AGGREGATE';
const AT = new Date(0).toISOString();

const some = (names: string[]) => fc.subarray(names);
const inventory = fc.record({ total: fc.nat(6), used: fc.nat(1), maxUnit: fc.integer({ min: 1, max: 4 }) });
const provider = fc.record({
  above: fc.option(fc.nat(4)),
  stock: fc.tuple(inventory, inventory),
  traits: some(['T', 'U', SHARES]),
  aggregates: some(['x', 'y']),
});

const world = fc.array(provider, { minLength: 1, maxLength: 5 }).map((made) => {
  const known = new Map<string, Provider>();
  for (const [index, { above, stock, traits, aggregates }] of made.entries()) {
    const parent = above !== null && above < index ? known.get(String(above)) : undefined;
    const inventories = new Map(
      CLASSES.map((resourceClass, at) => {
        const units = { reserved: 0, minUnit: 1, stepSize: 1, allocationRatio: 1 };
        return [resourceClass, { resourceClass, ...units, ...(stock[at] as (typeof stock)[0]) }] as const;
      }),
    );
    const id = String(index);
    const place = { id, name: id, parentId: parent?.id ?? null, rootId: parent?.rootId ?? id };
    known.set(id, { ...place, generation: 0, updatedAt: AT, hostId: null, inventories, traits, told: [], aggregates });
  }
  return known;
});

/** Most of the time nothing is wished, so that something is found. */
const seldom = <T>(none: T, ...wishes: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(none) }, fc.constantFrom(...wishes));
const wish = fc.record({
  required: seldom<string[][]>([], [['T']], [['T', 'U']]),
  forbidden: seldom<string[]>([], ['U']),
});
const group = (suffix: string): fc.Arbitrary<Group> =>
  fc
    .record({
      wish,
      memberOf: seldom<string[][]>([], [['x']], [['x', 'y']]),
      notMemberOf: seldom<string[]>([], ['y']),
      inTree: seldom<string | undefined>(undefined, '0', '2'),
      amounts: fc.dictionary(fc.constantFrom(...CLASSES), fc.integer({ min: 1, max: 2 }), { minKeys: 1 }),
    })
    .map(({ wish: of, amounts, ...rest }) => ({ suffix, ...of, ...rest, resources: new Map(Object.entries(amounts)) }));

const query: fc.Arbitrary<CandidateQuery> = fc
  .record({
    groups: fc
      .constantFrom([''], ['1'], ['', '1'], ['1', '2'], ['', '1', '2'])
      .chain((all) => fc.tuple(...all.map(group))),
    isIsolated: fc.boolean(),
    root: wish,
    isTogether: fc.boolean(),
  })
  .map(({ isTogether, ...rest }) => {
    const suffixes = rest.groups.map(({ suffix }) => suffix).filter((suffix) => suffix !== '');
    const sameSubtrees = isTogether && suffixes.length > 0 ? [suffixes] : [];
    return { ...rest, limit: undefined, isNested: true, sameSubtrees };
  });

type Slot = readonly [group: Group, resources: ReadonlyMap<string, number>];

const has = (names: readonly string[], wanted: readonly (readonly string[])[]) =>
  wanted.every((any) => any.some((name) => names.includes(name)));

/** Whether a provider may serve a group in the tree of `root`, as Placement's reference says it. */
function serves(
  known: ReadonlyMap<string, Provider>,
  each: Provider,
  { suffix, ...of }: Group,
  root: Provider,
): boolean {
  const isOwn = each.rootId === root.id;
  const sharing = [...known.values()].filter(({ aggregates }) => aggregates.some((id) => each.aggregates.includes(id)));
  const isShared = each.traits.includes(SHARES) && sharing.some(({ rootId }) => rootId === root.id);
  const isInTree = of.inTree === undefined || known.get(of.inTree)?.rootId === each.rootId;
  if ((!isOwn && !isShared) || !isInTree || of.forbidden.some((trait) => each.traits.includes(trait))) return false;
  if (suffix !== '') {
    const isOut = of.notMemberOf.some((id) => each.aggregates.includes(id));
    return has(each.traits, of.required) && has(each.aggregates, of.memberOf) && !isOut;
  }
  if (!isOwn && (of.inTree !== undefined || !has(each.aggregates, of.memberOf))) return false;
  const isOut = of.notMemberOf.some((id) => each.aggregates.includes(id) || root.aggregates.includes(id));
  return (has(each.aggregates, of.memberOf) || has(root.aggregates, of.memberOf)) && !isOut;
}

function isRight(
  known: ReadonlyMap<string, Provider>,
  slots: readonly Slot[],
  chosen: readonly Provider[],
  of: CandidateQuery,
) {
  const chosenFor = (suffix: string) => chosen.filter((_, at) => slots[at]?.[0].suffix === suffix);
  const taken = new Map<string, number>();
  for (const [at, [, resources]] of slots.entries()) {
    for (const [name, amount] of resources) {
      const key = `${chosen[at]?.id} ${name}`;
      taken.set(key, (taken.get(key) ?? 0) + amount);
    }
  }
  const fits = [...taken].every(([key, amount]) => {
    const [id = '', name = ''] = key.split(' ');
    const stock = known.get(id)?.inventories.get(name);
    return stock && amount <= stock.maxUnit && stock.used + amount <= stock.total;
  });
  const free = of.groups.find(({ suffix }) => suffix === '');
  const traits = chosenFor('').flatMap((each) => each.traits);
  const alone = chosen.filter((_, at) => slots[at]?.[0].suffix !== '');
  const isApart = !of.isIsolated || new Set(alone).size === alone.length;
  const pathOf = (each: Provider): string[] => [
    each.id,
    ...(each.parentId === null ? [] : pathOf(known.get(each.parentId) as Provider)),
  ];
  const isTogether = of.sameSubtrees.every((suffixes) => {
    const all = suffixes.flatMap(chosenFor);
    return all.some(({ id }) => all.every((each) => pathOf(each).includes(id)));
  });
  const isServed = [...known.values()].some(
    (root) =>
      root.parentId === null &&
      has(root.traits, of.root.required) &&
      !of.root.forbidden.some((trait) => root.traits.includes(trait)) &&
      slots.every(([each], at) => serves(known, chosen[at] as Provider, each, root)),
  );
  return fits && (!free || has(traits, free.required)) && isApart && isTogether && isServed;
}

/** What is taken of whom, and who is for which group. */
const described = (slots: readonly Slot[], chosen: readonly Provider[]) => {
  const taken = new Map<string, number>();
  for (const [at, [, resources]] of slots.entries()) {
    for (const [name, amount] of resources) {
      const key = `${chosen[at]?.id} ${name}`;
      taken.set(key, (taken.get(key) ?? 0) + amount);
    }
  }
  const mapped = slots.map(([{ suffix }], at) => `${suffix}=${chosen[at]?.id}`);
  return JSON.stringify([[...taken].sort(), [...new Set(mapped)].sort()]);
};

/** The same of one that was found. */
const told = ({ amounts, mappings }: Candidate) =>
  JSON.stringify([
    [...amounts].flatMap(([{ id }, of]) => [...of].map(([name, amount]) => [`${id} ${name}`, amount])).sort(),
    [...mappings].flatMap(([suffix, of]) => of.map(({ id }) => `${suffix}=${id}`)).sort(),
  ]);

test('of any providers, exactly the ways are found that serve what is asked for, each once, and the first are the same', async () => {
  await fc.assert(
    fc.asyncProperty(world, query, async (known, asked) => {
      const slots = asked.groups.flatMap((of): Slot[] =>
        of.suffix === '' ? [...of.resources].map((one) => [of, new Map([one])]) : [[of, of.resources]],
      );
      const ways = slots.reduce<Provider[][]>(
        (before, _) => before.flatMap((chosen) => [...known.values()].map((each) => [...chosen, each])),
        [[]],
      );
      const right = ways.filter((chosen) => isRight(known, slots, chosen, asked));
      const found = (await searchCandidates(known, asked)).map(told);
      expect([...found].sort()).toEqual([...new Set(right.map((chosen) => described(slots, chosen)))].sort());
      const first = await searchCandidates(known, { ...asked, limit: 2 });
      expect(first.map(told)).toEqual(found.slice(0, 2));
    }),
    { numRuns: 500 },
  );
});
