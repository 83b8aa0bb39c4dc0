import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMPUTE_QUOTAS } from '../compute/compute.quotas.ts';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { IMAGE_QUOTAS } from '../image/image.quotas.ts';
import { NETWORK_QUOTAS } from '../network/network.quotas.ts';
import { systemContext } from '../policy/authorization.ts';
import { QuotaService } from './quota.service.ts';

let folder: string;
let database: Database;
let quota: QuotaService;
const context = systemContext();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-quota-'));
  database = await openMigrated(folder);
  quota = new QuotaService({
    database,
    events: new EventService(database),
    defaults: { ...COMPUTE_QUOTAS, ...IMAGE_QUOTAS, ...NETWORK_QUOTAS },
  });
  // Keypair rows stand in for any owned thing, with the project in `user_id`.
  quota.register(['instances', 'cores'], async (query, { projectId }) => {
    const rows = await query.selectFrom('compute_keypair').select('name').where('user_id', '=', projectId).execute();
    return { instances: rows.length, cores: rows.length * 2 };
  });
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function add(projectId: string, names: string[]): Promise<void> {
  await database.transaction(async (trx) => {
    await quota.check(trx, projectId, { instances: names.length, cores: names.length * 2 });
    for (const name of names) {
      const row = { user_id: projectId, name, type: 'ssh' as const, public_key: '', fingerprint: '', created_at: '' };
      await trx.insertInto('compute_keypair').values(row).execute();
    }
  });
}

test('a project has its own limits, else those of the default class, else those of the code', async () => {
  expect((await quota.limits('p')).instances).toBe(-1);
  await quota.update(context, 'default', { instances: 7, cores: 9 }, { force: false });
  await quota.update(context, 'p', { instances: 3 }, { force: false });
  expect(await quota.limits('p')).toMatchObject({ instances: 3, cores: 9, key_pairs: 100 });
  expect(await quota.limits('q')).toMatchObject({ instances: 7, cores: 9 });
  await quota.reset(context, 'p');
  expect((await quota.limits('p')).instances).toBe(7);
});

test('the refusal names all that is over, as Nova words it', async () => {
  await quota.update(context, 'p', { instances: 2, cores: 4 }, { force: false });
  await add('p', ['a', 'b']);
  await expect(add('p', ['c'])).rejects.toMatchObject({
    code: 'quota_exceeded',
    message: 'Quota exceeded for instances, cores: Requested 1, 2, but already used 2, 4 of 2, 4 instances, cores',
  });
  expect((await quota.usage('p')).cores).toEqual({ limit: 4, used: 4 });
});

test('a limit below what is used needs force', async () => {
  await add('p', ['a', 'b']);
  await expect(quota.update(context, 'p', { instances: 1 }, { force: false })).rejects.toThrow(UserError);
  await quota.update(context, 'p', { instances: 1 }, { force: true });
  expect((await quota.limits('p')).instances).toBe(1);
});

test('parallel requests never pass the limit, and none is refused that would have fit', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 24 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }),
      async (instances, cores, requests) => {
        const project = `p${round++}`;
        await quota.update(context, project, { instances, cores }, { force: false });
        const results = await Promise.allSettled(
          requests.map((count, index) =>
            add(
              project,
              Array.from({ length: count }, (_, n) => `${index}-${n}`),
            ),
          ),
        );
        const granted = requests.filter((_, index) => results[index]?.status === 'fulfilled');
        const total = granted.reduce((sum, count) => sum + count, 0);
        const { used } = (await quota.usage(project)).instances ?? { used: -1 };
        expect(used).toBe(total);
        expect(total).toBeLessThanOrEqual(Math.min(instances, Math.floor(cores / 2)));
        const refused = requests.filter((_, index) => results[index]?.status === 'rejected');
        for (const count of refused) expect(total + count > instances || (total + count) * 2 > cores).toBe(true);
      },
    ),
    { numRuns: 25 },
  );
});

test('headroom is how many more fit', async () => {
  await quota.update(context, 'p', { instances: 5, cores: 7 }, { force: false });
  await add('p', ['a']);
  const fits = await database.transaction((trx) =>
    quota.headroom(trx, { projectId: 'p', userId: null }, { instances: 1, cores: 2 }),
  );
  expect(fits).toBe(2);
});

test('a user’s part of a quota bounds that user and nobody else, and is never more than the project’s', async () => {
  quota.register(['ram'], async (_query, { userId, ofUser }) => ({ ram: ofUser && userId === 'u' ? 3 : 5 }));
  await quota.update(context, 'p', { ram: 10 }, { force: false });
  const owner = { projectId: 'p', userId: 'u' };
  await expect(quota.update(context, owner, { ram: 11 }, { force: false })).rejects.toThrow('less than or equal');
  await expect(quota.update(context, owner, { ram: 2 }, { force: false })).rejects.toThrow('already used');
  await expect(quota.update(context, owner, { images: 1 }, { force: false })).rejects.toThrow('for a user');
  await quota.update(context, owner, { ram: 4 }, { force: false });
  expect((await quota.describe(owner)).ram).toEqual({ limit: 4, used: 3, isOwn: true });
  const ask = (userId: string, ram: number) =>
    database.transaction((trx) => quota.check(trx, { projectId: 'p', userId }, { ram }));
  await ask('u', 1);
  await ask('v', 5);
  await expect(ask('u', 2)).rejects.toThrow('Requested 2, but already used 3 of 4 ram');
  await expect(ask('v', 6)).rejects.toThrow('already used 5 of 10');
  expect(await database.transaction((trx) => quota.headroom(trx, owner, { ram: 1 }))).toBe(1);
  await quota.reset(context, owner);
  await ask('u', 5);
});
