import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type SqlBool, sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type AggregateRecord, aggregates } from '../compute/aggregate.tables.ts';
import { type FlavorRecord, flavors } from '../compute/flavor.tables.ts';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import type { CollectionQuery, Comparison, Condition, Sort } from './collection-query.ts';
import { ResourceStore } from './resource.store.ts';
import { flavorRecord } from './testing/flavor-record.ts';

let folder: string;
let database: Database;
let store: ResourceStore<FlavorRecord>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-store-'));
  database = await openMigrated(folder);
  store = new ResourceStore<FlavorRecord>({ database, table: flavors });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** What a LIKE, a quote, a path into JSON or a fold of case would take for something else. */
const HOSTILE = [
  ...[
    '',
    '%',
    '_',
    '\\',
    '\\%',
    "'",
    '"',
    '--',
    'a',
    'A',
    'aB',
    'Ab%',
    'a_b',
    'é',
    'É',
    'ß',
    'İ',
    '漢',
    '😀',
    'e\u0301',
  ],
  ...['$', 'a.b', 'a"b', '[0]', '$.a', '*', ' ', '\n', '0', '1', 'null', 'true', '\uffff', '\u{1f600}x'],
];
const stored = fc.constantFrom(...HOSTILE);
/** Nothing that is stored has these; they are asked for all the same. */
const asked = fc.constantFrom(...HOSTILE, '\0', 'a\0b', '\ud800');
const members = ['a', 'a.b', 'a"b', '[0]', '$', "it's", '', 'é', '%', 'constructor'];
const few = fc.integer({ min: 0, max: 2 });

const things = fc
  .array(
    fc.record({
      description: fc.option(stored),
      vcpus: few,
      rxtxFactor: fc.constantFrom(0.5, 1, 1.5),
      isPublic: fc.boolean(),
      extraSpecs: fc.dictionary(fc.constantFrom(...members), stored, { maxKeys: 3, noNullPrototype: true }),
      tail: stored,
    }),
    { maxLength: 14 },
  )
  .map((list) =>
    list.map(({ tail, ...given }, index) => {
      // Ids in another order than they are made in, and such that differ in little.
      const id = `${(index * 7) % 5}${index % 2 ? 'x' : 'X'}${tail}-${index}`;
      return flavorRecord({ ...given, id });
    }),
  );

async function keep(records: FlavorRecord[]): Promise<void> {
  await database.query.deleteFrom('compute_flavor').execute();
  await database.transaction(async (trx) => {
    for (const record of records) await store.insert(trx, record);
  });
}

const missing = (id: string) => new UserError('bad_request', `marker ${id}`);
const idsOf = (records: readonly FlavorRecord[]) => records.map(({ id }) => id);
const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

const sorts = fc.array(
  fc.record<Sort<FlavorRecord>>({
    attribute: fc.constantFrom('description', 'vcpus', 'rxtxFactor', 'isPublic', 'extraSpecs', 'createdAt', 'id'),
    direction: fc.constantFrom('asc', 'desc'),
  }),
  { maxLength: 3 },
);

function sorted(records: FlavorRecord[], sort: readonly Sort<FlavorRecord>[]): FlavorRecord[] {
  const value = (record: FlavorRecord, attribute: keyof FlavorRecord) => {
    const given = record[attribute] ?? '';
    return typeof given === 'object' ? JSON.stringify(given) : given;
  };
  return records.toSorted((one, other) => {
    for (const { attribute, direction } of [...sort, { attribute: 'id', direction: 'asc' } as const]) {
      const [left, right] = [value(one, attribute), value(other, attribute)];
      const order = typeof left === 'string' ? bytes(left, String(right)) : Number(left) - Number(right);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return 0;
  });
}

test('pages have every record of their scope once, in the order of the sort, from either end', async () => {
  const page = fc.integer({ min: 1, max: 5 });
  await fc.assert(
    fc.asyncProperty(things, sorts, page, fc.option(few), async (records, sort, limit, vcpus) => {
      await keep(records);
      const scope = vcpus === null ? {} : { is: { vcpus } };
      const whole = sorted(
        records.filter((record) => vcpus === null || record.vcpus === vcpus),
        sort,
      );
      expect(idsOf(await store.list({ ...scope, sort }))).toEqual(idsOf(whole));
      expect(await store.count(scope)).toBe(whole.length);
      for (const isReverse of [false, true]) {
        const pages: FlavorRecord[][] = [];
        for (let marker: CollectionQuery<FlavorRecord>['marker']; ; ) {
          const found = await store.list({ ...scope, sort, limit, isReverse, ...(marker && { marker }) });
          const last = isReverse ? found[0] : found.at(-1);
          if (!last) break;
          pages.push(found);
          marker = { id: last.id, missing };
        }
        expect(pages.length).toBe(Math.ceil(whole.length / limit));
        expect(idsOf((isReverse ? pages.toReversed() : pages).flat())).toEqual(idsOf(whole));
      }
    }),
    { numRuns: 60 },
  );
});

const textual: fc.Arbitrary<Condition> = fc.record(
  {
    attribute: fc.constantFrom('id', 'name', 'description'),
    is: fc.constantFrom<Comparison>('=', '<=', '>=', 'contains', 'startswith', 'endswith'),
    value: asked as fc.Arbitrary<unknown>,
    ignoresCase: fc.boolean(),
  },
  { requiredKeys: ['attribute', 'is', 'value'] },
);
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  textual,
  fc.record({
    attribute: fc.constantFrom('vcpus', 'rxtxFactor'),
    is: fc.constantFrom<Comparison>('=', '<=', '>=', 'contains'),
    value: few,
  }),
  fc.record({
    attribute: fc.constant('isPublic'),
    is: fc.constantFrom<Comparison>('=', 'startswith'),
    value: fc.boolean(),
  }),
  fc.record({ attribute: fc.constant('description'), is: fc.constant('=' as const), value: fc.constant(null) }),
  fc.record({ attribute: fc.constant('id'), is: fc.constant('in' as const), value: fc.array(asked, { maxLength: 3 }) }),
  fc.record({
    attribute: fc.constant('vcpus'),
    is: fc.constant('in' as const),
    value: fc.array(few, { maxLength: 2 }),
  }),
  fc.record({
    attribute: fc.constant('extraSpecs'),
    member: fc.constantFrom(...members, 'a\0', 'b'),
    is: fc.constantFrom<Comparison>('=', 'contains', 'startswith', 'endswith'),
    value: asked as fc.Arbitrary<unknown>,
    ignoresCase: fc.boolean(),
  }),
);

const fold = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The same in words of this language. */
function holds(record: FlavorRecord, { attribute, member, is, value, ignoresCase = false }: Condition): boolean {
  // Nothing that is stored has a NUL, wherever it would come in an order.
  if (`${value}${member}`.includes('\0') && is !== 'in') return false;
  const whole = record[attribute as keyof FlavorRecord];
  const found = member === undefined ? whole : ownText(whole as object, member);
  if (is === 'in') return (value as unknown[]).includes(found);
  if (is === '=') return found === value;
  if (found === null || found === undefined) return false;
  if (is === '<=' || is === '>=') {
    const order = typeof found === 'string' ? bytes(found, String(value)) : Number(found) - Number(value);
    return is === '<=' ? order <= 0 : order >= 0;
  }
  if (typeof found !== 'string') return false;
  const [text, wanted] = ignoresCase ? [fold(found), fold(String(value))] : [found, String(value)];
  if (is === 'contains') return text.includes(wanted);
  return is === 'startswith' ? text.startsWith(wanted) : text.endsWith(wanted);
}

function ownText(object: object, member: string): string | undefined {
  return Object.hasOwn(object, member) ? (object as Record<string, string>)[member] : undefined;
}

test('filters take every value as it is, and say the same on every database', async () => {
  await fc.assert(
    fc.asyncProperty(things, fc.array(conditions, { minLength: 1, maxLength: 12 }), async (records, list) => {
      await keep(records);
      for (const each of list) {
        const wanted = records.filter((record) => holds(record, each));
        expect(idsOf(await store.list({ where: [each] })), JSON.stringify(each)).toEqual(idsOf(sorted(wanted, [])));
      }
      const all = records.filter((record) => list.every((each) => holds(record, each)));
      expect(idsOf(await store.list({ where: list }))).toEqual(idsOf(sorted(all, [])));
    }),
    { numRuns: 60 },
  );
});

test('a name that is none of the table is a mistake of the program, and nothing is asked of the database', async () => {
  const unknown = { attribute: 'name"; --', is: '=' as const, value: 'x' };
  await expect(store.list({ where: [unknown] })).rejects.toThrow(TypeError);
  await expect(store.list({ where: [{ ...unknown, attribute: 'constructor' }] })).rejects.toThrow(TypeError);
  await expect(store.list({ sort: [{ attribute: 'hidden' as 'id', direction: 'asc' }] })).rejects.toThrow(TypeError);
});

test('an offset leaves out so many of the order, and a page ends at the limit', async () => {
  const ids = ['a', 'b', 'c', 'd'];
  await keep(ids.map((id) => flavorRecord({ id })));
  const page = async (offset: number, limit?: number) =>
    idsOf(await store.list({ offset, ...(limit !== undefined && { limit }) }));
  expect([await page(0, 3), await page(1, 2), await page(3, 5), await page(9, 1), await page(2)]).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
    ['d'],
    [],
    ['c', 'd'],
  ]);
});

test('a page begins behind a marker that the list leaves out, and never behind one that is out of its scope', async () => {
  await keep(
    [1, 2, 3, 4].map((vcpus) => flavorRecord({ id: `f${vcpus}`, vcpus, description: vcpus < 4 ? 'mine' : null })),
  );
  const where = [sql<SqlBool>`vcpus <> 2`];
  const ids = async (id: string) =>
    (await store.list({ is: { description: 'mine' }, where, marker: { id, missing } })).map((each) => each.id);
  expect(await ids('f1')).toEqual(['f3']);
  expect(await ids('f2')).toEqual(['f3']);
  await expect(ids('f4')).rejects.toThrow('marker f4');
});

test('where ids are numbers, what is none in its one spelling is the id of nothing', async () => {
  const numbered = new ResourceStore<AggregateRecord>({ database, table: aggregates });
  const record = { id: 12, uuid: 'u', name: 'n', metadata: {}, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: null };
  await database.transaction((trx) => numbered.insert(trx, record));
  expect(await numbered.find('12')).toEqual(record);
  for (const id of ['', '1', '012', '12.0', '+12', ' 12', '-1', '1e1', 'n', '12\0', '9'.repeat(30)]) {
    expect(await numbered.find(id), id).toBeUndefined();
  }
  await database.transaction((trx) => numbered.delete(trx, '12'));
  expect(await numbered.list()).toEqual([]);
});

test('long lists let others in between, but none in a transaction, for which others wait', async () => {
  await keep(['a', 'b', 'c'].map((id) => flavorRecord({ id })));
  const heard: string[] = [];
  const { toRecord } = flavors;
  const spy = vi.spyOn(flavors, 'toRecord').mockImplementation((row) => {
    for (const begun = performance.now(); performance.now() - begun < 10; );
    setImmediate(() => heard.push('other'));
    heard.push('row');
    return toRecord(row);
  });
  onTestFinished(() => spy.mockRestore());
  await store.list();
  expect(heard.slice(0, 3)).toEqual(['row', 'other', 'row']);
  heard.length = 0;
  await database.transaction(async (trx) => void (await store.list({}, trx)));
  expect(heard.slice(0, 3)).toEqual(['row', 'row', 'row']);
});
