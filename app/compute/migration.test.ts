import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

/** Flavors that every cloud has: 256 MiB on 1 GiB, 512 MiB on 5 GiB. */
const [MICRO, TINY] = ['84', '1'];

const action = (id: string, body: unknown) => cloud.request('POST', `/servers/${id}/action`, body);

async function resized(id: string, flavorRef = TINY): Promise<void> {
  const { status, body } = await action(id, { resize: { flavorRef } });
  expect([status, body]).toEqual([202, undefined]);
  await cloud.idle(id);
}

const statusOf = async (id: string) => (await cloud.show(id)).status;

async function migrationsOf(query = '', version = '2.80') {
  const { body, status } = await cloud.request('GET', `/os-migrations${query}`, undefined, { who: 'admin', version });
  expect(status).toBe(200);
  return body;
}

describe('what nobody confirms', () => {
  async function reopen(seconds: number): Promise<void> {
    await cloud.shut();
    cloud.settings = { ...cloud.settings, resize_confirm_window: seconds };
    await cloud.open();
  }

  test('is confirmed when its time has come', async () => {
    await reopen(1);
    const id = await cloud.launchActive();
    await resized(id);
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('ACTIVE');
    expect(await cloud.show(id)).toMatchObject({ flavor: { original_name: 'm1.tiny' } });
    expect((await migrationsOf()).migrations).toMatchObject([{ status: 'confirmed' }]);
  });

  test('is confirmed after a restart, where it was due meanwhile; and waits where nothing is set', async () => {
    const id = await cloud.launchActive();
    await resized(id);
    await cloud.database.transaction(async (trx) => {
      await trx.updateTable('compute_migration').set({ finished_at: '2026-01-01T00:00:00.000Z' }).execute();
    });
    await reopen(0);
    await cloud.idle(id);
    expect(await statusOf(id)).toBe('VERIFY_RESIZE');
    await reopen(3600);
    await expect.poll(() => statusOf(id), { timeout: 20_000 }).toBe('ACTIVE');
  });
});

test('migrations are listed by page, filtered, and told as each microversion has them', async () => {
  const first = await cloud.launchActive();
  await resized(first);
  await action(first, { revertResize: null });
  await cloud.idle(first);
  const second = await cloud.launchActive();
  await resized(second, MICRO);
  const { migrations } = await migrationsOf();
  expect(migrations.map(({ id }: { id: number }) => id)).toEqual([2, 1]);
  const page = await migrationsOf('?limit=1');
  expect(page.migrations).toEqual([migrations[0]]);
  expect(page.migrations_links).toEqual([
    { rel: 'next', href: expect.stringContaining(`marker=${migrations[0].uuid}`) },
  ]);
  expect((await migrationsOf(`?limit=1&marker=${migrations[0].uuid}`)).migrations).toEqual([migrations[1]]);
  const found = async (query: string) => (await migrationsOf(query)).migrations.map(({ id }: { id: number }) => id);
  expect(await found(`?instance_uuid=${first}`)).toEqual([1]);
  expect(await found('?status=finished')).toEqual([2]);
  expect(await found('?migration_type=resize&host=host-1')).toEqual([2, 1]);
  expect(await found('?migration_type=live-migration')).toEqual([]);
  expect(await found('?source_compute=nowhere')).toEqual([]);
  expect(await found('?hidden=1')).toEqual([]);
  expect(await found('?user_id=user-member')).toEqual([2, 1]);
  const oldest = (await migrationsOf('', '2.1')).migrations[0];
  expect(Object.keys(oldest)).not.toContain('migration_type');
  expect(Object.keys((await migrationsOf('', '2.23')).migrations[0])).toContain('migration_type');
  const unknown = await cloud.request('GET', '/os-migrations?marker=x', undefined, { who: 'admin', version: '2.59' });
  expect(unknown.status).toBe(400);
  const live = await cloud.request('GET', `/servers/${second}/migrations`, undefined, {
    who: 'admin',
    version: '2.23',
  });
  expect([live.status, live.body]).toEqual([200, { migrations: [] }]);
});

test('placement is told what a resize holds, as that of its server', async () => {
  const id = await cloud.launchActive();
  await resized(id);
  const [{ uuid }] = (await migrationsOf()).migrations;
  const rows = await cloud.scheduler.stocks.heldBy([id]);
  expect(rows.map(({ serverId, memoryMib }) => [serverId, memoryMib]).toSorted()).toEqual(
    [
      [id, 512],
      [uuid, 128],
    ].toSorted(),
  );
});
