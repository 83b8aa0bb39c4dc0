import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from './database.ts';
import {
  column,
  flag,
  generated,
  integer,
  integerOf,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  real,
  sharedJson,
  table,
  text,
  textOf,
  time,
} from './table.ts';
import { openMigrated } from './testing/migrated-database.ts';

const places = table('test_place', {
  id: integer,
  name: text,
  nickName: nullable(text),
  state: textOf<'open' | 'closed'>(),
  version: integerOf<4 | 6>(),
  sizeMib: integer,
  floor: nullable(integer),
  ratio: real,
  tilt: nullable(real),
  isPublic: flag,
  isHidden: column('hidden', flag),
  isProtected: nullable(flag),
  extraSpecs: json<unknown>(),
  tags: nullable(json<string[]>(z.array(z.string()))),
  origin: sharedJson<Record<string, string>>(),
  createdAt: time,
  deletedAt: nullable(time),
});
type Place = RecordOf<typeof places>;

const name = fc.string({ unit: 'grapheme' });
const whole = fc.maxSafeInteger();
/** No database and no JSON tells 0 from -0. */
const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const moment = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
  .map((date) => date.toISOString());
const anyPlace: fc.Arbitrary<Omit<Place, 'id'>> = fc.record({
  name,
  nickName: fc.option(name),
  state: fc.constantFrom('open', 'closed'),
  version: fc.constantFrom(4, 6),
  sizeMib: whole,
  floor: fc.option(whole),
  ratio: decimal,
  tilt: fc.option(decimal),
  isPublic: fc.boolean(),
  isHidden: fc.boolean(),
  isProtected: fc.option(fc.boolean()),
  extraSpecs: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
  tags: fc.option(fc.array(name)),
  origin: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('', 'c'), { noNullPrototype: true }),
  createdAt: moment,
  deletedAt: fc.option(moment),
});

describe('in a database', () => {
  let folder: string;
  let database: Database;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cumulet-table-'));
    database = await openMigrated(folder);
    const { schema } = database.query;
    let create = schema.createTable(places.name);
    for (const [attribute, { kind, isNullable }] of Object.entries(places.columns)) {
      const type = kind === 'real' ? 'double precision' : kind === 'integer' || kind === 'flag' ? 'bigint' : 'text';
      const columnName = places.columnOf(attribute as keyof Place);
      create = create.addColumn(columnName, type, (as) => (isNullable ? as : as.notNull()));
    }
    await create.execute();
  });

  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  test('a record comes back as it was stored, whatever it holds', async () => {
    const query = database.query.withTables<{ test_place: RowOf<typeof places> }>();
    let id = 0;
    await fc.assert(
      fc.asyncProperty(anyPlace, anyPlace, async (first, second) => {
        const [before, after] = [first, second].map((place) => ({ id: id + 1, ...place })) as [Place, Place];
        id += 1;
        const stored = async () =>
          places.toRecord(
            await query.selectFrom('test_place').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
          );
        await query.insertInto('test_place').values(places.toRow(before)).execute();
        expect(await stored()).toEqual(before);
        const { name, tags, isHidden } = after;
        const part = places.toChanges({ name, tags, isHidden, sizeMib: undefined });
        await query.updateTable('test_place').set(part).where('id', '=', id).execute();
        expect(await stored()).toEqual({ ...before, name, tags, isHidden });
        const rest = places.toDifference({ ...before, name, tags, isHidden }, after);
        if (Object.keys(rest).length > 0) {
          await query.updateTable('test_place').set(rest).where('id', '=', id).execute();
        }
        expect(await stored()).toEqual(after);
      }),
    );
  });
});

describe('of one that is small', () => {
  const keys = table('test_key', { id: generated(integer), userId: text, isOld: column('old', flag) });

  test('columns are named in snake_case or as they say', () => {
    expect(keys.toRow({ id: 1, userId: 'u', isOld: true })).toEqual({ id: 1, user_id: 'u', old: 1 });
    expect(keys.columnOf('isOld')).toBe('old');
  });

  test('what the database fills in may be missing from a new record, and nothing else', () => {
    expect(keys.toRow({ userId: 'u', isOld: false })).toEqual({ user_id: 'u', old: 0 });
    expect(() => keys.toRow({ isOld: false } as never)).toThrow(new TypeError('a record of test_key has no userId'));
    expect(() => keys.toRow({ userId: undefined, isOld: false } as never)).toThrow(TypeError);
  });

  test('what the table does not have is a mistake of the program, in records, changes and rows', () => {
    const nobody = 'a record of test_key has no attribute user_id';
    expect(() => keys.toRow({ userId: 'u', isOld: true, user_id: 'v' } as never)).toThrow(new TypeError(nobody));
    expect(() => keys.toChanges({ user_id: 'v' } as never)).toThrow(new TypeError(nobody));
    const row = { id: 1, user_id: 'u', old: 1 };
    expect(() => keys.toRecord({ ...row, userId: 'u' } as never)).toThrow(
      new TypeError('test_key has no column userId'),
    );
    expect(() => keys.toRecord({ id: 1, user_id: 'u' } as never)).toThrow(
      new TypeError('a row of test_key has no old'),
    );
  });

  test('a wider row, as a join reads it, is asked for the columns of one table', () => {
    expect(keys.recordIn({ id: 1, user_id: 'u', old: 0, user_name: 'x' } as never)).toEqual({
      id: 1,
      userId: 'u',
      isOld: false,
    });
    expect(() => keys.recordIn({ id: 1, old: 0 } as never)).toThrow(new TypeError('a row of test_key has no user_id'));
  });

  test('only what differs is set', () => {
    const before = { id: 1, userId: 'u', isOld: false };
    expect(keys.toDifference(before, { ...before, isOld: true })).toEqual({ old: 1 });
    expect(keys.toDifference(before, { ...before })).toEqual({});
  });
});

test('JSON that has a schema is checked as it is read', () => {
  const shelves = table('test_shelf', { tags: json(z.array(z.string())) });
  expect(shelves.toRecord({ tags: '["a"]' })).toEqual({ tags: ['a'] });
  expect(() => shelves.toRecord({ tags: '[1]' })).toThrow(z.ZodError);
  expect(() => shelves.toRecord({ tags: '[' })).toThrow(SyntaxError);
});
