import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { COMPUTE_QUOTAS } from '../compute/compute.quotas.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { paramOf } from '../http/route.ts';
import { systemContext } from '../policy/authorization.ts';
import type { QuotaResource } from './quota.limits.ts';
import { QuotaService } from './quota.service.ts';
import { quotaApi } from './quota-api.routes.ts';

/** Shelves, and shelves of each colour, as Cinder has volumes of each type. */
const SHELF_QUOTAS = {
  shelves: { limit: 10, as: 'shelf' },
  shelves_: { limit: 4, isOfEach: true },
} as const;
const limit = (name: string) => name as QuotaResource;

let folder: string;
let database: Database;
let quota: QuotaService;
let edge: EdgeFixture;
/** Id and name. */
let colours: Map<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-quota-api-'));
  database = await openMigrated(folder);
  const defaults = { ...COMPUTE_QUOTAS, ...SHELF_QUOTAS };
  quota = new QuotaService({ database, events: new EventService(database), defaults });
  quota.register([limit('shelves'), limit('shelves_')], async () => ({
    [limit('shelves')]: 3,
    [limit('shelves_1')]: 2,
  }));
  colours = new Map([
    ['1', 'red'],
    ['2', 'blue'],
  ]);
  const of = quotaApi({
    quota,
    limits: SHELF_QUOTAS,
    each: async () => new Map([...colours].map(([id, name]) => [`shelf_${name}`, limit(`shelves_${id}`)])),
    path: '/quotas/:project',
    owner: (request) => ({ projectId: paramOf(request, 'project') }),
    within: 'quota',
    limit: z.int().min(-1),
    entry: {
      schema: z.strictObject({ limit: z.int(), used: z.int() }),
      view: ({ limit, used }) => ({ limit, used }),
    },
    fixed: { ladders: { limit: 0 } },
  });
  edge = await EdgeFixture.open(
    [
      {
        ...{ name: 'shelf', prefix: '/shelf', root: '/shelf', faults: 'nova' },
        routes: [
          of.show({ rule: 'shelf' }),
          of.show({ rule: 'shelf', at: '/detail', isDetailed: true }),
          of.defaults({ rule: 'shelf', at: '/defaults' }),
          of.set({ rule: 'shelf', force: () => false }),
          of.reset({ rule: 'shelf' }),
        ],
      },
    ],
    { rules: [{ name: 'shelf', check: 'role:admin' }] },
  );
});

afterEach(async () => {
  await edge.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(method: string, at = '', quotas?: object) {
  const json = quotas && { json: { quota: quotas } };
  const { status, json: body } = await edge.send(`/shelf/quotas/p${at}`, { method, token: 'admin', ...json });
  return { status, body: (body ?? {}) as { quota: Record<string, unknown>; badRequest: { message: string } } };
}
const shown = async (at = '') => (await ask('GET', at)).body.quota;

test('there is a limit of each thing, called by what the API says, as long as the thing is there', async () => {
  const before = { shelf: 10, shelf_red: 4, shelf_blue: 4, ladders: 0 };
  expect(await shown()).toEqual(before);
  const set = await ask('PUT', '', { shelf_red: 2, shelf: -1, ladders: 0 });
  expect(set).toMatchObject({ status: 200, body: { quota: { ...before, shelf_red: 2, shelf: -1 } } });
  expect(await shown('/detail')).toEqual({
    shelf: { limit: -1, used: 3 },
    shelf_red: { limit: 2, used: 2 },
    shelf_blue: { limit: 4, used: 0 },
    ladders: { limit: 0, used: 0 },
  });
  expect(await shown('/defaults')).toEqual(before);
  colours.set('1', 'green').delete('2');
  expect(await shown()).toEqual({ shelf: -1, shelf_green: 2, ladders: 0 });
  await database.transaction((trx) => quota.forget(trx, [limit('shelves_1')]));
  expect(await shown()).toEqual({ shelf: -1, shelf_green: 4, ladders: 0 });
});

test('what bounds each thing is asked of it, also where nobody set a limit', async () => {
  const add = (resource: string, count: number) =>
    database.transaction((trx) => quota.check(trx, 'p', { [limit(resource)]: count }));
  await add('shelves_1', 2);
  await expect(add('shelves_1', 3)).rejects.toThrow('Requested 3, but already used 2 of 4 shelves_1');
  await ask('PUT', '', { shelf_red: 6 });
  await add('shelves_1', 3);
  await expect(add('shelves_2', 5)).rejects.toThrow('already used 0 of 4');
});

test.for<[string, object, string]>([
  ['of what is not there', { shelf_pink: 1 }, 'The limit of shelf_pink cannot be set.'],
  ['of what another API limits', { cores: 1 }, 'The limit of cores cannot be set.'],
  ['of what stays', { ladders: 1 }, 'The limit of ladders cannot be set.'],
  ['below what is used', { shelf_red: 1 }, 'already used and reserved 2'],
  ['below no limit', { shelf: -2 }, 'quota.shelf'],
  ['of a thing that is no number', { shelf_red: 'many' }, 'quota.shelf_red'],
])('a limit %s is refused, and what was sent along is not set', async ([, wrong, message]) => {
  const { status, body } = await ask('PUT', '', { shelf_blue: 1, ...wrong });
  expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining(message)]);
  expect(await shown()).toMatchObject({ shelf: 10, shelf_blue: 4 });
});

test('what is reset is of this API alone', async () => {
  await quota.update(systemContext(), 'p', { cores: 5 }, { force: true });
  await ask('PUT', '', { shelf: 5, shelf_blue: 5 });
  expect((await ask('DELETE')).status).toBe(204);
  expect(await shown()).toMatchObject({ shelf: 10, shelf_blue: 4 });
  expect((await quota.limits('p')).cores).toBe(5);
});

test('what holds for all projects is not set as that of one', async () => {
  for (const [method, json] of [
    ['PUT', { quota: { shelf: 1 } }],
    ['DELETE', undefined],
  ] as const) {
    const path = '/shelf/quotas/default';
    const { status, json: body } = await edge.send(path, { method, token: 'admin', ...(json && { json }) });
    expect([status, body]).toEqual([
      400,
      { badRequest: expect.objectContaining({ message: 'Project ID default is not a valid project.' }) },
    ]);
  }
  expect(await shown()).toMatchObject({ shelf: 10 });
});
