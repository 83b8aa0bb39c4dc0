import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerHealthService } from './server-health.service.ts';
import { StartupRepository } from './startup/startup.repository.ts';
import { OTHER_PROJECT, PROJECT, TestCloud } from './testing/test-cloud.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const usage = (path: string, options: { who?: string; version?: string } = {}) =>
  cloud.request('GET', `/os-simple-tenant-usage${path}`, undefined, { who: 'admin', ...options });

/** As clients write a time: UTC without a zone. */
const at = (time: number) => new Date(time).toISOString().slice(0, 19);
const period = (start: number, end: number) => `start=${at(start)}&end=${at(end)}`;

/** As if the server had been launched, and deleted, then. */
async function lived(id: string, launched: number, terminated?: number) {
  const gone = terminated === undefined ? {} : { terminated_at: new Date(terminated).toISOString() };
  await cloud.database.transaction((trx) =>
    trx
      .updateTable('compute_server')
      .set({
        launched_at: new Date(launched).toISOString(),
        ...gone,
        ...(gone.terminated_at && { deleted_at: gone.terminated_at }),
      })
      .where('id', '=', id)
      .execute(),
  );
}

test('hours count from launch to deletion, within the period, once for each core, MiB and GiB', async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const running = await cloud.launchActive({ name: 'running' });
  const gone = await cloud.launchActive({ name: 'gone', flavorRef: '3' });
  await cloud.request('DELETE', `/servers/${gone}`);
  await cloud.idle(gone);
  const elsewhere = await cloud.launch({ name: 'elsewhere' }, 'other');
  await cloud.idle(elsewhere);
  await lived(running, now - 10 * HOUR);
  await lived(gone, now - 30 * HOUR, now - 22 * HOUR);
  await lived(elsewhere, now - HOUR);

  const asked = period(now - 24 * HOUR, now);
  const { body } = await usage(`/${PROJECT}?${asked}`, { who: 'reader' });
  expect(body.tenant_usage).toMatchObject({
    tenant_id: PROJECT,
    start: `${at(now - 24 * HOUR)}.000000`,
    stop: `${at(now)}.000000`,
    total_hours: 12,
    total_vcpus_usage: 10 + 2 * 2,
    total_memory_mb_usage: 10 * 128 + 2 * 4096,
    total_local_gb_usage: 10 * 1 + 2 * 40,
  });
  const byName = Object.fromEntries(body.tenant_usage.server_usages.map((each: { name: string }) => [each.name, each]));
  expect(byName.running).toMatchObject({
    instance_id: running,
    flavor: 'm1.nano',
    vcpus: 1,
    memory_mb: 128,
    local_gb: 1,
    hours: 10,
    state: 'active',
    ended_at: null,
    started_at: `${at(now - 10 * HOUR)}.000000`,
  });
  expect(byName.running.uptime).toBeGreaterThanOrEqual(36_000);
  expect(byName.gone).toMatchObject({ hours: 2, state: 'terminated', uptime: 8 * 3600 });

  // Before the period and after it nothing is counted.
  expect((await usage(`/${PROJECT}?${period(now - 60 * HOUR, now - 31 * HOUR)}`)).body.tenant_usage).toEqual({});
  const all = (await usage(`?${asked}`)).body.tenant_usages;
  expect(all.map(({ tenant_id }: { tenant_id: string }) => tenant_id)).toEqual([PROJECT, OTHER_PROJECT]);
  expect(all[0]).not.toHaveProperty('server_usages');
  expect((await usage(`?${asked}&detailed=1`)).body.tenant_usages[1].server_usages).toMatchObject([{ hours: 1 }]);
});

test('pages of servers, from 2.40 on', async () => {
  const now = Date.now() + HOUR;
  const asked = `${period(now - 24 * HOUR, now)}&detailed=1&limit=1`;
  const ids: string[] = [];
  let query: string | undefined = `?${asked}`;
  while (query !== undefined) {
    const { body } = await usage(query, { version: '2.40' });
    ids.push(
      ...body.tenant_usages.flatMap((of: { server_usages: { instance_id: string }[] }) =>
        of.server_usages.map(({ instance_id }) => instance_id),
      ),
    );
    const next: string | undefined = body.tenant_usages_links?.[0].href;
    query = next?.slice(next.indexOf('?'));
  }
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(3);
  const one = await usage(`/${PROJECT}?${asked.replace('&detailed=1', '')}`, { version: '2.40' });
  expect((await usage('/')).status).toBe(404);
  expect(one.body.tenant_usage_links[0].href).toMatch(new RegExp(`os-simple-tenant-usage/${PROJECT}\\?.*marker=`));
  expect((await usage(`?${asked}&marker=nothing`, { version: '2.40' })).status).toBe(400);
  expect((await usage(`?${asked}`, { version: '2.39' })).body).not.toHaveProperty('tenant_usages_links');
  expect((await usage(`?${asked}&more=1`, { version: '2.75' })).status).toBe(400);
});

test('a page begins behind a server of the same project only', async () => {
  const asked = period(Date.now() - DAY, Date.now());
  const own = (await usage(`/${PROJECT}?${asked}`)).body.tenant_usage.server_usages[0].instance_id;
  const behind = (project: string, marker: string) =>
    usage(`/${project}?${asked}&marker=${marker}`, { version: '2.40' });
  expect((await behind(PROJECT, own)).status).toBe(200);
  expect(await behind(OTHER_PROJECT, own)).toMatchObject({
    status: 400,
    body: { badRequest: { message: `marker [${own}] not found` } },
  });
});

test('before there were pages all servers count, however many there are', async () => {
  const project = 'c'.repeat(32);
  const launched = Date.UTC(2026, 0, 1);
  const kept = (number: number) => ({
    ...{ id: `past-${String(number).padStart(4, '0')}`, project_id: project, name: 'past', flavor_name: 'm1.nano' },
    ...{ vcpus: 1, memory_mib: 128, local_gib: 1, launched_at: new Date(launched).toISOString() },
    terminated_at: new Date(launched + HOUR).toISOString(),
  });
  await cloud.database.transaction(async (trx) => {
    for (let at = 0; at < 2100; at += 300) {
      const rows = Array.from({ length: 300 }, (_none, index) => kept(at + index));
      await trx.insertInto('compute_past_server').values(rows).execute();
    }
  });
  const asked = period(launched - HOUR, launched + 2 * HOUR);
  const whole = (await usage(`/${project}?${asked}`, { version: '2.39' })).body.tenant_usage;
  expect([whole.total_hours, whole.server_usages.length]).toEqual([2100, 2100]);
  expect((await usage(`?${asked}`, { version: '2.39' })).body.tenant_usages).toMatchObject([{ total_hours: 2100 }]);
  const page = (await usage(`/${project}?${asked}`, { version: '2.40' })).body;
  expect([page.tenant_usage.total_hours, page.tenant_usage_links.length]).toEqual([1000, 1]);
});

test('a server that is forgotten still counts, and for longer than a year', async () => {
  const now = Date.now();
  const before = (await usage(`/${PROJECT}?${period(now - 2 * DAY, now)}`)).body.tenant_usage;
  const { tasks, database } = cloud;
  const parts = cloud.compute.routeParts as unknown as ConstructorParameters<typeof ServerHealthService>[0];
  const health = new ServerHealthService({ ...parts, startups: new StartupRepository(database), tasks, database });
  await health.prune(now + 31 * DAY);
  const rows = await database.query
    .selectFrom('compute_server')
    .select('name')
    .where('project_id', '=', PROJECT)
    .execute();
  expect(rows.map(({ name }) => name)).toEqual(['running']);
  const after = (await usage(`/${PROJECT}?${period(now - 2 * DAY, now)}`)).body.tenant_usage;
  expect(after.server_usages.find(({ name }: { name: string }) => name === 'gone')).toEqual(
    before.server_usages.find(({ name }: { name: string }) => name === 'gone'),
  );
  await health.prune(now + 402 * DAY);
  expect(await database.query.selectFrom('compute_past_server').selectAll().execute()).toEqual([]);
});

test.each([
  ['start=yesterday', 'start'],
  ['start=2026-02-30T00:00:00', 'start'],
  ['end=2026-01-01%2000:00:00', 'end'],
  ['start=2026-01-02T00:00:00&end=2026-01-01T00:00:00', 'start'],
])('%s is refused', async (query) => {
  expect(await usage(`?${query}`)).toMatchObject({ status: 400, body: { badRequest: { code: 400 } } });
});

test('usage is for its project and for administrators', async () => {
  expect((await usage('', { who: 'member' })).status).toBe(403);
  expect((await usage(`/${PROJECT}`, { who: 'other' })).status).toBe(403);
  expect((await usage(`/${PROJECT}`, { who: 'reader' })).status).toBe(200);
});
