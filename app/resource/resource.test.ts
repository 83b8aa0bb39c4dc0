import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { COMPUTE_QUOTAS } from '../compute/compute.quotas.ts';
import { type FlavorRecord, flavors } from '../compute/flavor.tables.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { refuseRows } from '../database/testing/refused-rows.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import { QuotaService } from '../quota/quota.service.ts';
import type { Scope } from './collection-query.ts';
import { Resource, type ResourceKind } from './resource.ts';
import { flavorRecord } from './testing/flavor-record.ts';

let folder: string;
let database: Database;
let parts: ConstructorParameters<typeof Resource<FlavorRecord>>[1];
/** Flavors stand in for things that belong to somebody: `description` says to whom. */
let things: Resource<FlavorRecord>;
let told: number;
const context = systemContext();

const KIND: ResourceKind<FlavorRecord> = {
  table: flavors,
  notFound: (id) => new UserError('not_found', `No ${id}`),
  events: { created: 'flavor.create', updated: 'flavor.update', deleted: 'flavor.delete' },
  unique: [{ attributes: ['description', 'ram'], taken: ({ ram }) => new UserError('conflict', `taken: ${ram}`) }],
  quota: {
    resource: 'server_groups',
    scope: ({ description }) => ({ projectId: description ?? '', userId: null }),
    counted: ({ projectId }) => ({ is: { description: projectId } }),
  },
  check: async (_trx, { vcpus }, stored) => {
    if (stored && vcpus < stored.vcpus) throw new UserError('conflict', 'It never shrinks');
  },
  checkDelete: async (_trx, { isDisabled }) => {
    if (!isDisabled) throw new UserError('conflict', 'In use');
  },
  changed: () => {
    told++;
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-resource-'));
  database = await openMigrated(folder);
  const events = new EventService(database);
  parts = { database, events, quota: new QuotaService({ database, events, defaults: COMPUTE_QUOTAS }) };
  things = new Resource(KIND, parts);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.query.deleteFrom('compute_flavor').execute();
  await database.query.deleteFrom('event').execute();
  told = 0;
});

const mine: Scope<FlavorRecord> = { is: { description: 'mine' } };
const theirs: Scope<FlavorRecord> = { is: { description: 'theirs' } };

async function make(id: string, given: Partial<FlavorRecord> = {}): Promise<FlavorRecord> {
  // Of one owner no two have the same `ram`.
  return await things.create(context, flavorRecord({ id, description: 'mine', ram: id.length, ...given }));
}

async function eventsOf(): Promise<string[]> {
  const rows = await database.query.selectFrom('event').select(['type', 'resource_id']).orderBy('id').execute();
  return rows.map(({ type, resource_id }) => `${type} ${resource_id}`);
}

test.each<[string, Scope<FlavorRecord>]>([
  ['compared', theirs],
  ['written in SQL', { also: [sql`description = 'theirs'`] }],
  ['both', { is: { isPublic: true }, also: [sql`description = 'theirs'`] }],
])('what is out of a scope (%s) is not there for any verb', async (_how, scope) => {
  const own = await make('a');
  await make('bb', { description: 'theirs', isDisabled: true });
  const missing = () => new UserError('bad_request', 'no such marker');
  expect((await things.list(scope)).map(({ id }) => id)).toEqual(['bb']);
  expect(await things.store.count(scope)).toBe(1);
  expect(await things.find('a', undefined, scope)).toBeUndefined();
  await expect(things.get('a', undefined, scope)).rejects.toMatchObject({ code: 'not_found' });
  await expect(things.list({ ...scope, marker: { id: 'a', missing } })).rejects.toThrow('no such marker');
  await expect(things.list({ ...scope, marker: { id: 'a', missing }, isReverse: true })).rejects.toThrow('no such');
  await expect(things.update(context, 'a', (it) => ({ ...it, name: 'taken over' }), scope)).rejects.toThrow('No a');
  await expect(things.delete(context, 'a', scope)).rejects.toThrow('No a');
  // The store by itself as well, which asks nobody whether it is there.
  await database.transaction(async (trx) => {
    expect(await things.store.update(trx, 'a', (it) => ({ ...it, name: 'x' }), scope)).toBeUndefined();
    await things.store.delete(trx, 'a', scope);
  });
  expect(await things.list()).toEqual([own, expect.objectContaining({ id: 'bb' })]);
  expect(await eventsOf()).toEqual(['flavor.create a', 'flavor.create bb']);
  // And what is in it is there for all of them.
  await things.update(context, 'bb', (it) => ({ ...it, name: 'new' }), scope);
  await things.delete(context, 'bb', scope);
  expect(await things.list(scope)).toEqual([]);
});

test('a scope that names nobody is a mistake, and never all', async () => {
  await make('a', { isDisabled: true });
  const nobody = { is: { description: undefined } } as unknown as Scope<FlavorRecord>;
  await expect(things.list(nobody)).rejects.toThrow(TypeError);
  await expect(things.get('a', undefined, nobody)).rejects.toThrow(TypeError);
  await expect(things.delete(context, 'a', nobody)).rejects.toThrow(TypeError);
  expect(await things.store.count(mine)).toBe(1);
});

test('of many that want the same at once one gets it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => make(`n${index}`, { ram: 1 })));
  expect(refusals(all)).toEqual(Array(19).fill('conflict'));
  expect(await things.store.count(mine)).toBe(1);
});

test('a limit holds under creates at once, for each owner by itself', async () => {
  const owned = (description: string) =>
    Array.from({ length: 20 }, (_, ram) => ({ id: `${description}${ram}`, ram, description }));
  const all = await Promise.allSettled([...owned('mine'), ...owned('theirs')].map((each) => make(each.id, each)));
  expect(refusals(all)).toEqual(Array(20).fill('quota_exceeded'));
  expect(await things.store.count(mine)).toBe(COMPUTE_QUOTAS.server_groups.limit);
  expect(await things.store.count(theirs)).toBe(COMPUTE_QUOTAS.server_groups.limit);
  expect(await eventsOf()).toHaveLength(2 * COMPUTE_QUOTAS.server_groups.limit);
});

test('changes at once all take effect', async () => {
  await make('a');
  await Promise.all([
    things.update(context, 'a', (it) => ({ ...it, name: 'renamed' })),
    things.update(context, 'a', (it) => ({ ...it, swap: 5 })),
    ...Array.from({ length: 10 }, () => things.update(context, 'a', (it) => ({ ...it, vcpus: it.vcpus + 1 }))),
  ]);
  expect(await things.get('a')).toMatchObject({ name: 'renamed', swap: 5, vcpus: 11 });
});

test('a change in a transaction that does more is taken back with it', async () => {
  await make('a');
  const before = await things.get('a');
  const both = database.transaction(async (trx) => {
    await things.alter(trx, context, 'a', (it) => ({ ...it, name: 'new' }));
    await things.alter(trx, context, 'a', (it) => ({ ...it, vcpus: it.vcpus - 1 }));
  });
  await expect(both).rejects.toThrow('It never shrinks');
  expect(await things.get('a')).toEqual(before);
  expect(await eventsOf()).toEqual(['flavor.create a']);
});

test('many are made all or not at all', async () => {
  const list = [1, 2, 2].map((ram, index) => flavorRecord({ id: `n${index}`, description: 'mine', ram }));
  await expect(things.createMany(context, list)).rejects.toThrow('taken: 2');
  expect(await things.store.count({})).toBe(0);
  expect(await eventsOf()).toEqual([]);
  await things.createMany(context, list.slice(0, 2));
  expect(await eventsOf()).toEqual(['flavor.create n0', 'flavor.create n1']);
});

test('all of a scope go or none does, and nothing beside it', async () => {
  await make('a', { isDisabled: true });
  await make('bb');
  await make('c', { description: 'another' });
  const scope = { is: { description: (await things.get('a')).description } };
  await expect(things.deleteMany(context, scope)).rejects.toThrow('In use');
  expect(await things.store.count({})).toBe(3);
  await things.update(context, 'bb', (it) => ({ ...it, isDisabled: true }));
  await things.deleteMany(context, scope);
  expect((await things.list()).map(({ id }) => id)).toEqual(['c']);
  expect((await eventsOf()).slice(-2)).toEqual(['flavor.delete a', 'flavor.delete bb']);
});

test('what a change needs to know is read in its transaction: a scope, and what is made of what is there', async () => {
  await make('first', { ram: 7, isDisabled: true });
  let found: string | undefined;
  const scope = async (trx: Transaction): Promise<Scope<FlavorRecord>> => {
    found = (await things.get('first', trx)).name;
    return mine;
  };
  const copy = async (trx: Transaction) => ({ ...(await things.get('first', trx)), id: 'copy', name: 'copy', ram: 8 });
  expect(await things.create(context, copy)).toMatchObject({ id: 'copy', isDisabled: true });
  await things.update(context, 'first', (it) => ({ ...it, name: 'renamed' }), scope);
  expect(found).toBe('first');
  for (const change of [
    () => things.delete(context, 'copy', scope),
    () => expect(things.delete(context, 'copy', scope)).rejects.toThrow('No copy'),
    () => things.deleteMany(context, scope),
  ]) {
    found = undefined;
    await change();
    expect(found).toBe('renamed');
  }
  expect(await things.list()).toEqual([]);
});

test('an event tells what stands elsewhere as it is in the transaction', async () => {
  const elsewhere = new Resource<FlavorRecord>(
    {
      ...KIND,
      told: async ({ id }, _context, event, trx) => ({
        payload: { event, others: (await things.list({}, trx)).filter((each) => each.id !== id).length },
      }),
    },
    parts,
  );
  await elsewhere.create(context, flavorRecord({ id: 'a', ram: 1 }));
  await elsewhere.create(context, flavorRecord({ id: 'b', ram: 2 }));
  const rows = await database.query.selectFrom('event').select('payload').orderBy('id').execute();
  expect(rows.map(({ payload }) => JSON.parse(String(payload)))).toEqual([
    { event: 'flavor.create', others: 0 },
    { event: 'flavor.create', others: 1 },
  ]);
});

test('a change whose event cannot be kept has not happened', async () => {
  await make('a', { isDisabled: true });
  const before = await things.list();
  told = 0;
  const allow = await refuseRows(database.query, 'event');
  await expect(make('bb')).rejects.toThrow('refused');
  await expect(things.update(context, 'a', (it) => ({ ...it, name: 'renamed' }))).rejects.toThrow('refused');
  await expect(things.delete(context, 'a')).rejects.toThrow('refused');
  await allow();
  expect(await things.list()).toEqual(before);
  expect(told).toBe(0);
});

test('what is refused leaves no event, nobody is told, and nothing is changed', async () => {
  await make('a', { vcpus: 4 });
  await make('bb');
  const before = await things.list();
  told = 0;
  await expect(things.delete(context, 'a')).rejects.toThrow('In use');
  await expect(things.update(context, 'a', (it) => ({ ...it, vcpus: 1 }))).rejects.toThrow('It never shrinks');
  await expect(things.update(context, 'a', (it) => ({ ...it, ram: 2 }))).rejects.toThrow('taken: 2');
  await expect(things.delete(context, 'missing')).rejects.toMatchObject({ code: 'not_found' });
  expect(await things.list()).toEqual(before);
  expect(await eventsOf()).toEqual(['flavor.create a', 'flavor.create bb']);
  expect(told).toBe(0);
  // Once nothing speaks against it, each is done, told after it once.
  await things.update(context, 'a', (it) => ({ ...it, isDisabled: true }));
  await things.delete(context, 'a');
  expect((await eventsOf()).slice(2)).toEqual(['flavor.update a', 'flavor.delete a']);
  expect(told).toBe(2);
});

test('what changes elsewhere with it is of the same transaction, and knows what was before', async () => {
  const seen: string[] = [];
  const note = (text: string) => {
    // Once for each attempt of the transaction.
    if (seen.at(-1) !== text) seen.push(text);
  };
  let isRefused = false;
  const { unique: _unique, ...plain } = KIND;
  const watched = new Resource<FlavorRecord>(
    {
      ...plain,
      table: flavors,
      written: async (trx, { id, name }, stored) => {
        note(`${stored?.name ?? 'nothing'} to ${name}, ${await things.store.count({ is: { id, name } }, trx)} stored`);
        if (isRefused) throw new UserError('conflict', 'refused');
      },
      deleting: async (trx, { id }) => {
        note(`without ${id}, ${await things.store.count({ is: { id } }, trx)} stored`);
        if (isRefused) throw new UserError('conflict', 'refused');
      },
    },
    parts,
  );
  await watched.create(context, flavorRecord({ id: 'a', description: 'mine', isDisabled: true }));
  await watched.update(context, 'a', (it) => ({ ...it, name: 'b' }));
  isRefused = true;
  await expect(watched.update(context, 'a', (it) => ({ ...it, name: 'c' }))).rejects.toThrow('refused');
  await expect(watched.delete(context, 'a')).rejects.toThrow('refused');
  expect(await watched.get('a')).toMatchObject({ name: 'b' });
  isRefused = false;
  await watched.delete(context, 'a');
  expect(seen).toEqual([
    ...['nothing to a, 1 stored', 'a to b, 1 stored', 'b to c, 1 stored'],
    ...['without a, 1 stored'],
  ]);
});

test('one that has a limit is not made where nothing counts it', () => {
  const { database: only, events } = parts;
  expect(() => new Resource(KIND, { database: only, events })).toThrow('has a limit and nothing that counts it');
});

function refusals(all: PromiseSettledResult<unknown>[]): unknown[] {
  return all.flatMap((each) => (each.status === 'rejected' ? [each.reason.code ?? each.reason] : []));
}
