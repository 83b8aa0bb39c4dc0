import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import { silentGuest } from '../../contract/guest.ts';
import type { TaskView } from '../../contract/task.ts';
import { TestCloud } from '../testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
  await reopen({});
});
afterEach(() => cloud.stop());

/** A restart of the controller, as seldom as may be: with other settings. */
async function reopen(settings: Partial<TestCloud['settings']>): Promise<void> {
  await cloud.shut();
  cloud.settings = { ...cloud.settings, startup_settle_seconds: 0, ...settings };
  await cloud.open();
}

const put = (id: string, body: unknown) => cloud.request('PUT', `/v1/servers/${id}/startup`, body);
const act = (id: string, body: unknown) => cloud.request('POST', `/servers/${id}/action`, body);
const tag = (id: string, ...tags: string[]) =>
  cloud.request('PUT', `/servers/${id}/tags`, { tags }, { version: '2.26' });
const group = (name: string, way: 'start' | 'stop') => cloud.request('POST', `/v1/machine-groups/${name}/${way}`);

async function machines<N extends string>(...names: N[]): Promise<Record<N, string>> {
  const entries: [string, string][] = [];
  for (const name of names) entries.push([name, await cloud.launchActive({ name })]);
  return Object.fromEntries(entries) as Record<N, string>;
}

/** The host goes down and comes up again, and tells so. */
async function reboot(): Promise<void> {
  cloud.bus.disconnect(cloud.agent);
  cloud.agent.reboot();
  cloud.agent.orders.length = 0;
  await cloud.bus.connect(cloud.agent);
}

/** Names of what was ordered since the last reboot, in order. */
function ordered(verb: string): string[] {
  const names = new Map([...cloud.agent.machines].map(([id, { spec }]) => [id, spec.name]));
  return cloud.agent.orders.filter((order) => order.verb === verb).map(({ id }) => names.get(id) ?? id);
}

async function tasksOf(kind: string): Promise<TaskView[]> {
  const all = await cloud.tasks.list({ limit: 100, visibleTo: 'all' });
  return all.filter((task) => task.kind === kind);
}

/** The last task of that kind, once it has ended. */
async function endOf(kind: string): Promise<TaskView> {
  await expect.poll(async () => (await tasksOf(kind)).every(({ finishedAt }) => finishedAt !== null)).toBe(true);
  const [last] = await tasksOf(kind);
  if (!last) throw new Error(`there was no ${kind}`);
  return last;
}

const statusOf = async (id: string) => (await cloud.show(id)).status;
const turnsLeft = async () => (await cloud.database.query.selectFrom('compute_turn').selectAll().execute()).length;

test('what ran comes back in its order, once, and what was off stays off', async () => {
  const { web, db, off, paused } = await machines('web', 'db', 'off', 'paused');
  await put(web, { order: 2 });
  await put(db, { order: 1 });
  await act(off, { 'os-stop': null });
  await act(paused, { pause: null });
  await cloud.idle(off);
  await cloud.idle(paused);
  cloud.agent.change(paused, 'SHUTDOWN', 'host-reboot');
  await reboot();
  expect(await endOf('host.start_again')).toMatchObject({
    ...{ state: 'succeeded', projectId: 'a'.repeat(32), subject: { type: 'host', name: 'host-1' } },
  });
  expect(ordered('start')).toEqual(['db', 'web']);
  expect(await Promise.all([web, db, off, paused].map(statusOf))).toEqual(['ACTIVE', 'ACTIVE', 'SHUTOFF', 'SHUTOFF']);
  expect(await turnsLeft()).toBe(0);
  // Reports of the same boot are no news.
  await cloud.bus.report(cloud.agent);
  await reopen({});
  expect(await tasksOf('host.start_again')).toHaveLength(1);
  expect(await cloud.eventTypes(web)).toContain('compute.instance.power_on.end');
});

test('each says for itself whether it starts, and the cloud for those that say nothing', async () => {
  await reopen({ resume_guests_state_on_host_boot: false });
  const { silent, always, never, before } = await machines('silent', 'always', 'never', 'before');
  await put(always, { start: 'always' });
  await put(never, { start: 'never' });
  await put(before, { start: 'as-before' });
  await act(always, { 'os-stop': null });
  await cloud.idle(always);
  await reboot();
  await endOf('host.start_again');
  expect(ordered('start').toSorted()).toEqual(['always', 'before']);
  expect(await Promise.all([silent, always, never, before].map(statusOf))).toEqual([
    ...['SHUTOFF', 'ACTIVE', 'SHUTOFF', 'ACTIVE'],
  ]);
});

test('what all programs were told to end of before the computer went down ran until then', async () => {
  const { told, untold, killed } = await machines('told', 'untold', 'killed');
  await cloud.bus.tell(cloud.agent, cloud.agent.change(told, 'SHUTDOWN', 'terminated', 'It was told to end.'));
  await cloud.bus.tell(cloud.agent, cloud.agent.change(killed, 'SHUTDOWN', 'killed', 'QEMU was killed.'));
  expect(await statusOf(told)).toBe('SHUTOFF');
  cloud.agent.change(untold, 'SHUTDOWN', 'terminated', 'It was told to end.');
  // Nothing comes back while the computer is still there.
  await cloud.bus.report(cloud.agent);
  expect(await tasksOf('host.start_again')).toEqual([]);
  await reboot();
  await endOf('host.start_again');
  expect(ordered('start').toSorted()).toEqual(['told', 'untold']);
  expect(await statusOf(killed)).toBe('SHUTOFF');
});

test('news of machines that come before the report of their host start nothing, and are not lost', async () => {
  const { web, db } = await machines('web', 'db');
  await put(db, { order: 1 });
  cloud.agent.reboot();
  for (const { status } of [...cloud.agent.machines.values()]) await cloud.bus.tell(cloud.agent, status);
  expect(await Promise.all([web, db].map(statusOf))).toEqual(['SHUTOFF', 'SHUTOFF']);
  expect(await tasksOf('host.start_again')).toEqual([]);
  await cloud.bus.report(cloud.agent);
  await endOf('host.start_again');
  expect(ordered('start')).toEqual(['db', 'web']);
});

test('a machine that something went on with as its host went down comes back when that is over', async () => {
  const { web } = await machines('web');
  const held = cloud.agent.hold('snapshot');
  await act(web, { createImage: { name: 'copy' } });
  await held.arrived;
  cloud.bus.disconnect(cloud.agent);
  cloud.agent.reboot();
  cloud.agent.failNext('snapshot', new OperationalError('hypervisor_failed', 'agent', 'The copy is lost.'));
  await cloud.bus.connect(cloud.agent);
  for (const { status } of [...cloud.agent.machines.values()]) await cloud.bus.tell(cloud.agent, status);
  expect(await tasksOf('host.start_again')).toEqual([]);
  held.release();
  await cloud.idle(web);
  await expect.poll(() => ordered('start')).toEqual(['web']);
  await endOf('host.start_again');
  expect(await statusOf(web)).toBe('ACTIVE');
});

test('who waits starts when the other answers, and people see what is waited for', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 5432 } }] });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(0);
  expect(cloud.agent.checks[0]).toEqual({ id: db, check: { kind: 'tcp', port: 5432 } });
  const [task] = await tasksOf('host.start_again');
  const waitsFor = { name: 'db', healthy: { kind: 'tcp', port: 5432 } };
  await expect
    .poll(async () => (await cloud.tasks.find(task?.id ?? ''))?.progress)
    .toMatchObject({ done: 1, total: 2, unit: 'items', waitsFor });
  expect(ordered('start')).toEqual(['db']);
  cloud.agent.unwell.clear();
  expect((await endOf('host.start_again')).state).toBe('succeeded');
  expect(ordered('start')).toEqual(['db', 'web']);
  expect(await cloud.eventTypes(web)).not.toContain('compute.instance.startup.timeout');
});

test('who waits for the guest agent of another starts when that answers', async () => {
  const { web, db } = await machines('web', 'db');
  const healthy = { kind: 'guest-agent' };
  await put(web, { after: [{ server: db, healthy }] });
  const { guest } = cloud.agent;
  cloud.agent.guest = silentGuest('silent');
  await reboot();
  await expect
    .poll(async () => (await cloud.tasks.find((await tasksOf('host.start_again'))[0]?.id ?? ''))?.progress)
    .toMatchObject({ done: 1, total: 2, waitsFor: { name: 'db', healthy } });
  cloud.agent.guest = guest;
  expect((await endOf('host.start_again')).state).toBe('succeeded');
  expect(ordered('start')).toEqual(['db', 'web']);
});

test('it waits no longer than was said, and then starts or stays', async () => {
  const { bold, shy, db } = await machines('bold', 'shy', 'db');
  const after = { server: db, healthy: { kind: 'http', port: 80 }, timeoutSeconds: 1 };
  await put(bold, { after: [after] });
  await put(shy, { after: [{ ...after, onTimeout: 'stay' }] });
  cloud.agent.unwell.set(db, 'It answers 500 for /.');
  await reboot();
  expect((await endOf('host.start_again')).state).toBe('succeeded');
  expect(ordered('start')).toEqual(['db', 'bold']);
  expect(await statusOf(shy)).toBe('SHUTOFF');
  const news = await cloud.events.list({ after: 0, limit: 1000, visibleTo: 'all', resourceId: bold });
  const warnings = news.filter(({ type }) => type === 'compute.instance.startup.timeout');
  const message = 'db was not well within 1 s; it starts all the same.';
  expect(warnings.map(({ payload }) => payload)).toMatchObject([{ after: db, timeout: 1, message }]);
  expect(await cloud.eventTypes(shy)).toContain('compute.instance.startup.skip');
});

test('what is off and does not start is not waited for beyond its time, and a deleted one not at all', async () => {
  const { web, gone, db } = await machines('web', 'gone', 'db');
  await put(web, {
    after: [
      { server: gone, timeoutSeconds: 3600 },
      { server: db, timeoutSeconds: 1 },
    ],
  });
  await put(db, { start: 'never' });
  await cloud.request('DELETE', `/servers/${gone}`);
  await cloud.idle(gone);
  await reboot();
  await endOf('host.start_again');
  expect(ordered('start')).toEqual(['web']);
});

test('one that is deleted and kept is not waited for, belongs to no group, and makes no circle when it comes back', async () => {
  await reopen({ reclaim_instance_interval: 3600 });
  const { web, kept, db } = await machines('web', 'kept', 'db');
  await put(web, { after: [{ server: kept, timeoutSeconds: 3600 }] });
  await put(kept, { after: [{ server: db }] });
  await cloud.request('PUT', `/servers/${kept}/tags/shop`, undefined, { version: '2.26' });
  await cloud.request('DELETE', `/servers/${kept}`);
  await cloud.idle(kept);
  expect((await cloud.request('GET', `/v1/servers/${web}/startup`)).body.after).toEqual([]);
  expect((await cloud.request('GET', '/v1/machine-groups')).body).toEqual({ groups: [] });
  expect((await put(db, { after: [{ server: web }] })).status).toBe(400);
  expect((await put(db, { after: [{ server: kept }] })).body.error.field).toBe('after.0.server');
  await reboot();
  await endOf('host.start_again');
  expect(ordered('start').toSorted()).toEqual(['db', 'web']);
});

test('so many of a host start at a time, each counted for a while, and a delay is kept', async () => {
  await reopen({ startup_at_once: 1, startup_settle_seconds: 1 });
  const { one, two, late } = await machines('one', 'two', 'late');
  await put(one, { order: 1 });
  await put(two, { order: 1 });
  await put(late, { order: 2, delaySeconds: 1 });
  const held = cloud.agent.hold('start');
  await reboot();
  await held.arrived;
  const working = () =>
    cloud.database.query.selectFrom('compute_turn').select('state').where('state', '=', 'working').execute();
  expect(await working()).toHaveLength(1);
  expect(ordered('start')).toEqual([]);
  held.release();
  await endOf('host.start_again');
  expect(ordered('start').at(-1)).toBe('late');
  const started = async (id: string) => {
    const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
    const action = body.instanceActions.find((each: { action: string }) => each.action === 'start');
    return Date.parse(`${action.start_time}Z`);
  };
  const times = await Promise.all([one, two, late].map(started));
  const [first = 0, second = 0, third = 0] = times.toSorted((a, b) => a - b);
  expect(second - first).toBeGreaterThanOrEqual(1000);
  expect(third - second).toBeGreaterThanOrEqual(2000);
});

test('whoever orders something meanwhile is obeyed', async () => {
  const { db, touched, stays, gone, locked } = await machines('db', 'touched', 'stays', 'gone', 'locked');
  const after = [{ server: db, healthy: { kind: 'tcp', port: 1 } }];
  for (const id of [touched, stays, gone, locked]) await put(id, { after });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => ordered('start')).toEqual(['db']);
  // Started and stopped again, which nobody undoes.
  await act(touched, { 'os-start': null });
  await cloud.idle(touched);
  await act(touched, { 'os-stop': null });
  await cloud.idle(touched);
  await put(stays, { start: 'never', after });
  await cloud.request('DELETE', `/servers/${gone}`);
  await cloud.idle(gone);
  await act(locked, { lock: null });
  cloud.agent.unwell.clear();
  expect((await endOf('host.start_again')).state).toBe('succeeded');
  expect(ordered('start')).toEqual(['db', 'touched', 'locked']);
  expect(await Promise.all([touched, stays, locked].map(statusOf))).toEqual(['SHUTOFF', 'SHUTOFF', 'ACTIVE']);
});

test('a machine that its host is to remove is not started there', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 1 } }] });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => ordered('start')).toEqual(['db']);
  const row = { host: 'host-1', kind: 'machine', id: web, generation: 9, reason: 'deleted', since: '2026-01-01' };
  await cloud.database.transaction(async (trx) => {
    await trx.insertInto('leftover').values(row).execute();
  });
  cloud.agent.unwell.clear();
  await endOf('host.start_again');
  expect(ordered('start')).toEqual(['db']);
});

test('a controller that dies meanwhile leaves nothing undone and does nothing twice', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 5432 }, timeoutSeconds: 3600 }] });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(0);
  await reopen({});
  const asked = cloud.agent.checks.length;
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(asked);
  cloud.agent.unwell.clear();
  expect((await endOf('host.start_again')).state).toBe('succeeded');
  expect(ordered('start')).toEqual(['db', 'web']);
});

test('a host that goes down again begins anew with all that ran', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 1 }, timeoutSeconds: 3600 }] });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(0);
  await reboot();
  cloud.agent.unwell.clear();
  await expect.poll(() => ordered('start')).toEqual(['db', 'web']);
  await endOf('host.start_again');
  expect((await tasksOf('host.start_again')).map(({ state }) => state)).toEqual(['succeeded', 'cancelled']);
  expect(await Promise.all([web, db].map(statusOf))).toEqual(['ACTIVE', 'ACTIVE']);
});

test('what does not start is named, and the others start all the same', async () => {
  const { bad, good } = await machines('bad', 'good');
  await put(bad, { order: 1 });
  cloud.bus.disconnect(cloud.agent);
  cloud.agent.reboot();
  cloud.agent.failNext('start', new OperationalError('hypervisor_failed', 'hypervisor', 'There is no memory.'));
  await cloud.bus.connect(cloud.agent);
  expect(await endOf('host.start_again')).toMatchObject({
    ...{ state: 'failed', error: { message: '1 of 2 machines did not start: bad.' } },
  });
  expect(await statusOf(good)).toBe('ACTIVE');
  expect(await cloud.show(bad)).toMatchObject({ status: 'SHUTOFF', fault: { message: 'There is no memory.' } });
  expect(await turnsLeft()).toBe(0);
});

test('a group is shut down in the opposite of its order, and started in it', async () => {
  const { web, db, other } = await machines('web', 'db', 'other');
  await put(web, { after: [{ server: db }] });
  await tag(web, 'shop');
  await tag(db, 'shop');
  cloud.agent.orders.length = 0;
  const { status, body } = await group('shop', 'stop');
  expect([status, body.kind, body.subject.name]).toEqual([202, 'machine_group.stop', 'shop']);
  expect((await endOf('machine_group.stop')).state).toBe('succeeded');
  expect(ordered('stop')).toEqual(['web', 'db']);
  expect(cloud.agent.orders.at(-1)?.args).toMatchObject({ graceful: true, force: true });
  expect(await Promise.all([web, db, other].map(statusOf))).toEqual(['SHUTOFF', 'SHUTOFF', 'ACTIVE']);
  await group('shop', 'start');
  await endOf('machine_group.start');
  expect(ordered('start')).toEqual(['db', 'web']);
  // There is nothing to do.
  await group('shop', 'start');
  expect((await endOf('machine_group.start')).state).toBe('succeeded');
  expect(ordered('start')).toHaveLength(2);
  const { body: actions } = await cloud.request('GET', `/servers/${web}/os-instance-actions`);
  expect(actions.instanceActions.map(({ action }: { action: string }) => action)).toEqual(['start', 'stop', 'create']);
});

test('who stops a group that is being started is meant, also of machines that a host would start', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 1 }, timeoutSeconds: 3600 }] });
  for (const id of [web, db]) await tag(id, 'shop');
  await group('shop', 'stop');
  await endOf('machine_group.stop');
  cloud.agent.unwell.set(db, 'Nothing listens.');
  cloud.agent.orders.length = 0;
  await group('shop', 'start');
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(0);
  await group('shop', 'stop');
  await endOf('machine_group.stop');
  expect((await endOf('machine_group.start')).state).toBe('cancelled');
  expect([ordered('start'), ordered('stop')]).toEqual([['db'], ['db']]);
  await act(db, { 'os-start': null });
  await cloud.idle(db);
  await act(web, { 'os-start': null });
  await cloud.idle(web);

  await reboot();
  await expect.poll(() => ordered('start')).toEqual(['db']);
  await group('shop', 'stop');
  await endOf('machine_group.stop');
  await endOf('host.start_again');
  expect(ordered('start')).toEqual(['db']);
  expect(await Promise.all([web, db].map(statusOf))).toEqual(['SHUTOFF', 'SHUTOFF']);
});

test('what a restored database has of tasks that it ended takes nobody a place', async () => {
  const { web } = await machines('web');
  const left = { host_id: 'host-1', server_id: web, generation: 1, state: 'working', waits: '{}' };
  await cloud.database.transaction(async (trx) => {
    await trx
      .insertInto('compute_turn')
      .values({
        ...left,
        task_id: 'gone',
        order_task_id: null,
        settles_at: '2026-01-01T00:00:00.000Z',
        not_before: null,
        note: null,
      })
      .execute();
  });
  await reopen({ startup_at_once: 1 });
  expect(await turnsLeft()).toBe(0);
  await reboot();
  await endOf('host.start_again');
  expect(ordered('start')).toEqual(['web']);
});

test('people can call it off; what was ordered by then goes on', async () => {
  const { web, db } = await machines('web', 'db');
  await put(web, { after: [{ server: db, healthy: { kind: 'tcp', port: 1 } }] });
  cloud.agent.unwell.set(db, 'Nothing listens.');
  await reboot();
  await expect.poll(() => cloud.agent.checks.length).toBeGreaterThan(0);
  const [task] = await tasksOf('host.start_again');
  await cloud.tasks.cancel(task?.id ?? '');
  expect((await endOf('host.start_again')).state).toBe('cancelled');
  expect(await Promise.all([web, db].map(statusOf))).toEqual(['SHUTOFF', 'ACTIVE']);
  expect(await turnsLeft()).toBe(0);
});
