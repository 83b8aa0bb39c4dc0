import { Stretch } from '../pattern/turns.ts';
import type { CandidateQuery, Group } from './candidate.query.ts';
import { capacityOf, type Provider } from './provider.repository.ts';
import { hasAll, hasNone, hasRoom } from './provider-filter.ts';

/** Providers that share what they have with the trees in their aggregates. */
const SHARES = 'MISC_SHARES_VIA_AGGREGATE';
/** So many candidates are answered at most, and so many ways are tried for them; fewer of more than these parts. */
const MOST_FOUND = 10_000;
const MOST_TRIED = 200_000;
const USUAL_PARTS = 10;

type Providers = ReadonlyMap<string, Provider>;
/** For each provider that shares, the roots of the trees that may use it. */
type Anchors = ReadonlyMap<Provider, ReadonlySet<string>>;

export interface Candidate {
  /** What is taken of each provider, in their order. */
  readonly amounts: ReadonlyMap<Provider, ReadonlyMap<string, number>>;
  /** Which providers are for which group. */
  readonly mappings: ReadonlyMap<string, readonly Provider[]>;
}

/** Something that one provider is to give: all of a group with a suffix, else one class of the group without. */
interface Slot {
  readonly group: Group;
  readonly resources: ReadonlyMap<string, number>;
  /** Those that could, by the roots of the trees for which they could. */
  readonly options: ReadonlyMap<string, readonly Provider[]>;
}

/** All ways to get what is asked for, always in the same order: by the names of roots, then of providers. */
export async function searchCandidates(known: Providers, query: CandidateQuery): Promise<Candidate[]> {
  const stretch = new Stretch();
  const anchors = anchorsOf(known);
  const slots = await slotsOf(known, query.groups, anchors, stretch);
  const seen = new Set<string>();
  const found: Candidate[] = [];
  const size = Math.max(1, slots.length / USUAL_PARTS);
  const most = Math.min(query.limit ?? MOST_FOUND, Math.ceil(MOST_FOUND / size));
  let tried = 0;
  for (const root of known.values()) {
    const { required, forbidden } = query.root;
    const isRoot = root.parentId === null && hasAll(root.traits, required) && hasNone(root.traits, forbidden);
    if (!isRoot || !slots.every(({ options }) => options.has(root.id))) continue;
    for (const chosen of waysOf(root.id, slots, query, [])) {
      if (++tried > MOST_TRIED / size) return found;
      if (stretch.isOver) await stretch.next();
      if (!chosen || !fitsTogether(known, slots, chosen, query)) continue;
      const candidate = toCandidate(slots, chosen);
      // Only for two trees that share may the same be found.
      const key = anchors.size > 0 ? keyOf(candidate) : undefined;
      if (key !== undefined && seen.has(key)) continue;
      if (key !== undefined) seen.add(key);
      found.push(candidate);
      if (found.length >= most) return found;
    }
  }
  return found;
}

async function slotsOf(
  known: Providers,
  groups: readonly Group[],
  anchors: Anchors,
  stretch: Stretch,
): Promise<Slot[]> {
  const slots: Slot[] = [];
  for (const group of groups) {
    const wanted = group.suffix === '' ? [...group.resources].map((one) => new Map([one])) : [group.resources];
    for (const resources of wanted) {
      slots.push({ group, resources, options: optionsOf(known, group, resources, anchors) });
      if (stretch.isOver) await stretch.next();
    }
  }
  return slots;
}

function anchorsOf(known: Providers): Anchors {
  const roots = new Map<string, Set<string>>();
  for (const { aggregates, rootId } of known.values()) {
    for (const id of aggregates) roots.set(id, (roots.get(id) ?? new Set()).add(rootId));
  }
  const sharing = [...known.values()].filter(({ traits }) => traits.includes(SHARES));
  return new Map(
    sharing.map((provider) => [provider, new Set(provider.aggregates.flatMap((id) => [...(roots.get(id) ?? [])]))]),
  );
}

function optionsOf(
  known: Providers,
  group: Group,
  resources: ReadonlyMap<string, number>,
  anchors: Anchors,
): Map<string, Provider[]> {
  const { suffix, inTree, memberOf, notMemberOf, required, forbidden } = group;
  const options = new Map<string, Provider[]>();
  const wanted = [...resources];
  const treeRoot = inTree === undefined ? undefined : known.get(inTree)?.rootId;
  if (inTree !== undefined && treeRoot === undefined) return options;
  for (const provider of known.values()) {
    if (treeRoot !== undefined && provider.rootId !== treeRoot) continue;
    if (!wanted.every(([name, amount]) => hasRoom(provider.inventories.get(name), amount))) continue;
    if (!hasNone(provider.traits, forbidden)) continue;
    // Of the group without suffix the providers have the traits together, and a root's aggregates are those of its tree.
    if (suffix !== '' && !hasAll(provider.traits, required)) continue;
    const isMember = hasAll(provider.aggregates, memberOf);
    const shared = anchors.get(provider);
    for (const rootId of shared ? new Set([provider.rootId, ...shared]) : [provider.rootId]) {
      const isOwn = rootId === provider.rootId;
      const root = suffix === '' ? known.get(rootId) : undefined;
      if (!isOwn && suffix === '' && (treeRoot !== undefined || !isMember)) continue;
      if (!isMember && !(root && hasAll(root.aggregates, memberOf))) continue;
      if (!hasNone([...provider.aggregates, ...(root?.aggregates ?? [])], notMemberOf)) continue;
      const others = options.get(rootId);
      if (others) others.push(provider);
      else options.set(rootId, [provider]);
    }
  }
  return options;
}

/** A provider for each slot; undefined stands for a way that ended before, so that whoever looks may pause. */
function* waysOf(
  rootId: string,
  slots: readonly Slot[],
  query: CandidateQuery,
  chosen: readonly Provider[],
): Generator<readonly Provider[] | undefined> {
  const slot = slots[chosen.length];
  if (!slot) {
    yield chosen;
    return;
  }
  for (const provider of slot.options.get(rootId) ?? []) {
    const next = [...chosen, provider];
    const isTwice =
      query.isIsolated &&
      slot.group.suffix !== '' &&
      chosen.some((each, at) => each === provider && slots[at]?.group.suffix);
    if (isTwice || !hasRoomFor(slots, next)) yield undefined;
    else yield* waysOf(rootId, slots, query, next);
  }
}

/** Whether what the last of them is to give is there beside what it is to give for others. */
function hasRoomFor(slots: readonly Slot[], chosen: readonly Provider[]): boolean {
  const provider = chosen.at(-1);
  if (!provider || chosen.indexOf(provider) === chosen.length - 1) return true;
  const sums = new Map<string, number>();
  chosen.forEach((each, at) => {
    if (each !== provider) return;
    for (const [name, amount] of slots[at]?.resources ?? []) sums.set(name, (sums.get(name) ?? 0) + amount);
  });
  return [...sums].every(([name, amount]) => {
    const inventory = provider.inventories.get(name);
    return inventory && inventory.used + amount <= capacityOf(inventory) && amount <= inventory.maxUnit;
  });
}

/** What holds only of all of them together. */
function fitsTogether(
  known: Providers,
  slots: readonly Slot[],
  chosen: readonly Provider[],
  { groups, sameSubtrees, isNested }: CandidateQuery,
): boolean {
  const of = (isWanted: (suffix: string) => boolean) =>
    chosen.filter((_, at) => isWanted(slots[at]?.group.suffix ?? ''));
  const any = groups.find(({ suffix }) => suffix === '');
  const traits = any && of((suffix) => suffix === '').flatMap((provider) => provider.traits);
  if (any && !hasAll(traits ?? [], any.required)) return false;
  if (!isNested) {
    const different = new Set(chosen);
    if (new Set([...different].map(({ rootId }) => rootId)).size < different.size) return false;
  }
  return sameSubtrees.every((suffixes) => {
    const providers = of((suffix) => suffixes.includes(suffix));
    return providers.some((top) => providers.every((provider) => isBelow(known, provider, top)));
  });
}

function isBelow(known: Providers, provider: Provider, top: Provider): boolean {
  for (let at: Provider | undefined = provider; at; at = at.parentId === null ? undefined : known.get(at.parentId)) {
    if (at === top) return true;
  }
  return false;
}

function toCandidate(slots: readonly Slot[], chosen: readonly Provider[]): Candidate {
  const amounts = new Map<Provider, Map<string, number>>();
  const mappings = new Map<string, Provider[]>();
  chosen.forEach((provider, at) => {
    const { group, resources } = slots[at] as Slot;
    const others = mappings.get(group.suffix) ?? [];
    if (!others.includes(provider)) mappings.set(group.suffix, [...others, provider]);
    if (resources.size === 0) return;
    const of = amounts.get(provider) ?? new Map<string, number>();
    for (const [name, amount] of resources) of.set(name, (of.get(name) ?? 0) + amount);
    amounts.set(provider, of);
  });
  return { amounts, mappings };
}

function keyOf({ amounts, mappings }: Candidate): string {
  const taken = [...amounts].map(([{ id }, of]) => JSON.stringify([id, [...of].sort()])).sort();
  const mapped = [...mappings].map(([suffix, providers]) => [suffix, providers.map(({ id }) => id).sort()]);
  return JSON.stringify([taken, mapped]);
}
