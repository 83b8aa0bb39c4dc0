import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MachineSpec } from '../contract/machine.ts';
import { machineOrders } from '../contract/machine-orders.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { contextOf, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

/** What was launched in a report's own millisecond may not be in it yet. */
async function millisecondIsOver(): Promise<void> {
  await delay(2);
}

function leftovers() {
  return cloud.database.query.selectFrom('leftover').selectAll().execute();
}

test('a guest that shuts itself down is SHUTOFF, and running again when it runs', async () => {
  const id = await cloud.launchActive();
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'SHUTDOWN', 'guest-shutdown'));
  const stopped = await cloud.show(id);
  expect(stopped).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4 });
  expect(stopped.fault).toBeUndefined();
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'RUNNING'));
  expect((await cloud.show(id)).status).toBe('ACTIVE');
  expect((await cloud.eventTypes(id)).slice(-2)).toEqual([
    'compute.instance.power_off.end',
    'compute.instance.power_on.end',
  ]);
});

test('a killed machine is SHUTOFF with the reason, which a start clears', async () => {
  const id = await cloud.launchActive();
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'CRASHED', 'killed', 'QEMU was killed by signal 9.'));
  expect(await cloud.show(id)).toMatchObject({ status: 'SHUTOFF', fault: { message: 'QEMU was killed by signal 9.' } });
  await cloud.request('POST', `/servers/${id}/action`, { 'os-start': null });
  await cloud.idle(id);
  const started = await cloud.show(id);
  expect([started.status, started.fault]).toEqual(['ACTIVE', undefined]);
});

test('news during a task waits for its end, and is dropped when the task made it old', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('pause');
  await cloud.request('POST', `/servers/${id}/action`, { pause: null });
  await held.arrived;
  // Told before the order for the pause was carried out: an older state.
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'RUNNING'));
  held.release();
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('PAUSED');

  const again = cloud.agent.hold('unpause');
  await cloud.request('POST', `/servers/${id}/action`, { unpause: null });
  await again.arrived;
  const machine = cloud.agent.machines.get(id);
  if (machine) await cloud.bus.tell(cloud.agent, { ...machine.status, powerState: 'SHUTDOWN', revision: 1000 });
  again.release();
  await cloud.idle(id);
  await expect.poll(async () => (await cloud.show(id)).status).toBe('SHUTOFF');
});

test('news and a report that come late, after the order that made them old, change nothing', async () => {
  const id = await cloud.launchActive();
  const off = cloud.agent.change(id, 'SHUTDOWN', 'killed', 'QEMU was killed by signal 9.');
  await cloud.bus.tell(cloud.agent, off);
  await cloud.request('POST', `/servers/${id}/action`, { 'os-start': null });
  await cloud.idle(id);

  await cloud.bus.tell(cloud.agent, off);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
  const machine = cloud.agent.machines.get(id)!;
  const running = machine.status;
  machine.status = off;
  await cloud.bus.report(cloud.agent);
  machine.status = running;
  const started = await cloud.show(id);
  expect([started.status, started.fault]).toEqual(['ACTIVE', undefined]);

  // An order that never reached its host makes nothing old.
  await cloud.database.query.updateTable('compute_server').set({ generation: 9 }).execute();
  await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'SHUTDOWN', 'guest-shutdown'));
  expect((await cloud.show(id)).status).toBe('SHUTOFF');
});

test('a full report heals what was missed, and names what nobody knows', async () => {
  await cloud.shut();
  // What is told is what is shown: nothing is started again.
  cloud.settings = { ...cloud.settings, resume_guests_state_on_host_boot: false };
  await cloud.open();
  const [running, stopped, lost] = [await cloud.launchActive(), await cloud.launchActive(), await cloud.launchActive()];
  cloud.agent.change(stopped, 'SHUTDOWN', 'host-reboot', 'The host was restarted.');
  cloud.agent.machines.delete(lost);
  await millisecondIsOver();
  const stranger = '99999999-9999-4999-8999-999999999999';
  const template = cloud.agent.machines.get(running);
  if (template) cloud.agent.machines.set(stranger, { ...template, status: { ...template.status, id: stranger } });
  expect(await cloud.bus.report(cloud.agent)).toEqual([stranger]);
  expect((await cloud.show(running)).status).toBe('ACTIVE');
  expect(await cloud.show(stopped)).toMatchObject({ status: 'SHUTOFF', fault: { message: 'The host was restarted.' } });
  expect(await cloud.show(lost)).toMatchObject({ status: 'ERROR', 'OS-EXT-STS:power_state': 0 });
});

test('a machine that was missing and is there again is as well as it was', async () => {
  const id = await cloud.launchActive();
  const machine = cloud.agent.machines.get(id);
  cloud.agent.machines.delete(id);
  await millisecondIsOver();
  await cloud.bus.report(cloud.agent);
  expect(await cloud.show(id)).toMatchObject({ status: 'ERROR', 'OS-EXT-STS:power_state': 0 });
  if (machine) cloud.agent.machines.set(id, machine);
  await cloud.bus.report(cloud.agent);
  const found = await cloud.show(id);
  expect([found.status, found['OS-EXT-STS:power_state'], found.fault]).toEqual(['ACTIVE', 1, undefined]);
});

test('an order is wanted only as long as somebody waits for it', async () => {
  const id = await cloud.launchActive();
  const { orders } = cloud.compute;
  const held = cloud.agent.hold('pause');
  await cloud.request('POST', `/servers/${id}/action`, { pause: null });
  await held.arrived;
  expect([await orders.isWanted('host-1', id, 2), await orders.isWanted('host-1', id, 1)]).toEqual([true, false]);
  held.release();
  await cloud.idle(id);
  expect(await orders.isWanted('host-1', id, 2)).toBe(false);

  const [stopping, lost] = [new AbortController(), new AbortController()];
  let isOwned = true;
  const task = {
    ...{ signal: stopping.signal, closing: lost.signal, progress: () => undefined },
    isOwned: async () => isOwned,
  };
  const stop = cloud.agent.hold('stop');
  const order = { id, generation: 9, graceful: true, timeoutSeconds: 60, force: false };
  const options = { task, patience: 0 };
  const given = orders.give('host-1', machineOrders.stop.method, order, contextOf('admin')!, options);
  await stop.arrived;
  expect(await orders.isWanted('host-1', id, 9)).toBe(true);
  isOwned = false;
  expect(await orders.isWanted('host-1', id, 9)).toBe(false);
  isOwned = true;
  stopping.abort();
  expect(await orders.isWanted('host-1', id, 9)).toBe(false);
  await expect(given).rejects.toMatchObject({ code: 'aborted' });
});

test('a host that goes away changes no server, but tells its state', async () => {
  const id = await cloud.launchActive();
  cloud.bus.disconnect(cloud.agent);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', host_status: 'UNKNOWN' });
  await expect.poll(async () => (await cloud.scheduler.listHosts())[0]?.state).toBe('down');
  const { body } = await cloud.request('GET', '/os-hypervisors', undefined, { who: 'admin' });
  expect(body.hypervisors[0]).toMatchObject({ hypervisor_hostname: 'host-1', state: 'down' });
  await cloud.bus.connect(cloud.agent);
  expect(await cloud.show(id)).toMatchObject({ host_status: 'UP' });
});

test("a machine that is another host's is kept and named, for nothing says that it was taken away there", async () => {
  const id = await cloud.launchActive();
  const machine = cloud.agent.machines.get(id);
  const other = new FakeAgent('host-0');
  if (machine) other.machines.set(id, { ...machine });
  expect(await cloud.bus.connect(other)).toEqual([id]);
  expect(await cloud.bus.report(other)).toEqual([id]);
  expect(other.orders).toEqual([]);
  expect(other.machines.size).toBe(1);
});

test('what a failed build may have left on a host that went away is recorded, and removed when it comes back', async () => {
  const held = cloud.agent.hold('spawn');
  const id = await cloud.launch();
  await held.arrived;
  const made = {
    id,
    generation: 1,
    powerState: 'RUNNING',
    reason: null,
    message: null,
    since: '',
    revision: 1,
    forwards: [],
  } as const;
  cloud.agent.machines.set(id, { spec: {} as MachineSpec, status: { ...made, forwards: [] } });
  cloud.bus.disconnect(cloud.agent);
  await cloud.request('DELETE', `/servers/${id}`);
  await expect.poll(leftovers).toMatchObject([{ host: 'host-1', kind: 'machine', id, reason: 'build-failed' }]);
  held.release();
  await cloud.bus.connect(cloud.agent);
  await expect.poll(() => cloud.agent.machines.size).toBe(0);
  await expect.poll(leftovers).toEqual([]);
});

test('a forced delete while the host is away is recorded with it, and carried out when the host reports', async () => {
  const [deleted, kept] = [await cloud.launchActive(), await cloud.launchActive()];
  cloud.bus.disconnect(cloud.agent);
  await cloud.request('POST', `/servers/${deleted}/action`, { forceDelete: null }, { who: 'admin' });
  await cloud.idle(deleted);
  expect(await leftovers()).toMatchObject([{ host: 'host-1', kind: 'machine', id: deleted, reason: 'deleted' }]);
  await cloud.bus.connect(cloud.agent);
  await expect.poll(() => [...cloud.agent.machines.keys()]).toEqual([kept]);
  await expect.poll(leftovers).toEqual([]);
});

test('a host without an id is the one its machines are recorded on, whatever it is called now', async () => {
  const [first, second] = [await cloud.launchActive(), await cloud.launchActive()];
  const named = (name: string, machines: string[]) => cloud.compute.identifyHost({ name, machines });
  expect(await named('renamed', [first, second])).toBe('host-1');
  cloud.bus.disconnect(cloud.agent);
  expect(await named('host-1', [])).toBe('host-1');
  await cloud.bus.connect(cloud.agent);
  // Another computer of the same name joins.
  expect(await named('host-1', [])).not.toBe('host-1');
  expect(await named('new', [])).not.toBe(await named('new', []));
});

test('hosts have the names they report, which stay apart', async () => {
  const id = await cloud.launchActive();
  vi.spyOn(cloud.agent, 'facts').mockReturnValue({ ...cloud.agent.facts(), hostname: 'laptop' });
  await cloud.bus.report(cloud.agent);
  expect(await cloud.show(id)).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'laptop' });
  const twin = new FakeAgent('host-2');
  vi.spyOn(twin, 'facts').mockReturnValue({ ...twin.facts(), hostname: 'laptop' });
  await cloud.bus.connect(twin);
  const names = (await cloud.scheduler.listHosts()).map(({ id: host, name }) => [host, name]);
  expect(names).toEqual([
    ['host-1', 'laptop'],
    ['host-2', 'laptop-host-2'],
  ]);
  const found = await cloud.request('GET', '/servers?host=laptop&all_tenants=1', undefined, { who: 'admin' });
  expect(found.body.servers.map((server: { id: string }) => server.id)).toEqual([id]);
});

test('task states without a task are healed at the start', async () => {
  const [busy, building, deleting] = [
    await cloud.launchActive(),
    await cloud.launchActive(),
    await cloud.launchActive(),
  ];
  const set = (id: string, changes: object) =>
    cloud.database.query.updateTable('compute_server').set(changes).where('id', '=', id).execute();
  await set(busy, { task_state: 'powering-off' });
  await set(building, { vm_state: 'building', task_state: 'spawning' });
  await set(deleting, { task_state: 'deleting' });
  await cloud.shut();
  await cloud.open();
  await cloud.idle(deleting);
  expect(await cloud.show(busy)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  expect(await cloud.show(building)).toMatchObject({ status: 'ERROR', 'OS-EXT-STS:task_state': null });
  expect((await cloud.request('GET', `/servers/${deleting}`)).status).toBe(404);
});

test('a database older than its hosts costs nobody a machine, and can give orders again', async () => {
  const [kept, deleted] = [await cloud.launchActive(), await cloud.launchActive()];
  const set = (id: string, changes: object) =>
    cloud.database.query.updateTable('compute_server').set(changes).where('id', '=', id).execute();
  await set(kept, { generation: 0 });
  await set(deleted, { generation: 0, deleted_at: new Date().toISOString() });
  await cloud.bus.report(cloud.agent);
  expect(cloud.agent.machines.size).toBe(2);
  await cloud.request('POST', `/servers/${kept}/action`, { pause: null });
  await cloud.idle(kept);
  expect((await cloud.show(kept)).status).toBe('PAUSED');
});
