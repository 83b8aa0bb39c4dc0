import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError, UserError } from '../contract/errors.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const NOTHING = { machines: 0, allocations: 0, ports: 0, addresses: 0 };

test('a launch becomes a running machine', async () => {
  const id = await cloud.launchActive({ name: 'Web Server', metadata: { a: 'b' }, adminPass: 'secret' });
  expect(await cloud.show(id)).toMatchObject({
    name: 'Web Server',
    status: 'ACTIVE',
    'OS-EXT-STS:vm_state': 'active',
    'OS-EXT-STS:task_state': null,
    'OS-EXT-STS:power_state': 1,
    'OS-EXT-SRV-ATTR:host': 'host-1',
    'OS-EXT-SRV-ATTR:hostname': 'web-server',
    metadata: { a: 'b' },
    addresses: { default: [{ addr: '10.77.0.16', version: 4 }] },
  });
  const spec = cloud.agent.machines.get(id)?.spec;
  expect(spec).toMatchObject({
    vcpus: 1,
    memoryMib: 128,
    rootDiskGib: 1,
    firmware: 'bios',
    image: { diskFormat: 'qcow2' },
  });
  const told = JSON.parse(
    Buffer.from(spec?.configDrive?.['openstack/latest/meta_data.json'] ?? '', 'base64').toString(),
  );
  expect(told).toMatchObject({ uuid: id, hostname: 'web-server', admin_pass: 'secret', meta: { a: 'b' } });
  expect(await cloud.eventTypes(id)).toEqual(['compute.instance.create.start', 'compute.instance.create.end']);
  // The password is of no use to anybody once the guest has it.
  const row = await cloud.database.query.selectFrom('compute_server').selectAll().executeTakeFirstOrThrow();
  expect(row.admin_pass).toBeNull();
});

test('a host that fails is left for another, and nothing stays on it', async () => {
  const second = new FakeAgent('host-2');
  await cloud.bus.connect(second);
  const broken = new OperationalError('hypervisor_failed', 'hypervisor', 'QEMU ended at once.');
  cloud.agent.failNext('spawn', broken, 1);
  second.failNext('spawn', broken, 1);
  const third = new FakeAgent('host-3');
  await cloud.bus.connect(third);
  const id = await cloud.launchActive();
  const server = await cloud.show(id);
  expect(server.status).toBe('ACTIVE');
  expect([cloud.agent, second, third].flatMap((agent) => [...agent.machines.keys()])).toEqual([id]);
  expect(await cloud.leftovers()).toMatchObject({ allocations: 1, ports: 1, addresses: 1 });
});

test('with no other host left the fault says what went wrong on the last one', async () => {
  cloud.agent.failNext(
    'spawn',
    new OperationalError('disk_full', 'agent', 'The disk of host-1 is full.', { hint: 'Delete something.' }),
  );
  const id = await cloud.launchActive();
  expect(await cloud.show(id)).toMatchObject({
    status: 'ERROR',
    'OS-EXT-STS:task_state': null,
    'OS-EXT-SRV-ATTR:host': null,
    fault: { code: 507, message: 'The disk of host-1 is full. Delete something.' },
  });
  expect(await cloud.leftovers()).toEqual(NOTHING);
  expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.create.error');
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions[0]).toMatchObject({ action: 'create', message: 'Error' });
});

test('what no host could mend is not tried elsewhere', async () => {
  const second = new FakeAgent('host-2');
  await cloud.bus.connect(second);
  cloud.agent.failNext('spawn', new UserError('image_unusable', 'The image has a backing file.'));
  const id = await cloud.launchActive();
  expect((await cloud.show(id)).fault.message).toBe('The image has a backing file.');
  expect(second.orders).toEqual([]);
});

test('a server nobody can carry says which filter refused', async () => {
  const { body } = await cloud.request(
    'POST',
    '/flavors',
    { flavor: { name: 'huge', ram: 9_000_000, vcpus: 1, disk: 1 } },
    { who: 'admin' },
  );
  const id = await cloud.launchActive({ flavorRef: body.flavor.id });
  expect((await cloud.show(id)).fault.message).toContain('RamFilter refused 1');
});

test('a cancelled build leaves no server', async () => {
  const held = cloud.agent.hold('spawn');
  const id = await cloud.launch();
  await held.arrived;
  const [task] = await cloud.tasks.list({ visibleTo: 'all', limit: 1, subjectId: id });
  await cloud.tasks.cancel(task?.id ?? '');
  await cloud.idle(id);
  expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  expect(await cloud.leftovers()).toEqual(NOTHING);
});

test('deleting a server that is being built ends both', async () => {
  const held = cloud.agent.hold('spawn');
  const id = await cloud.launch();
  await held.arrived;
  const leaving = cloud.agent.hold('destroy');
  expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
  await leaving.arrived;
  // Asking again while it is on its way is fine.
  expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(204);
  leaving.release();
  await cloud.idle(id);
  expect((await cloud.request('GET', `/servers/${id}`)).status).toBe(404);
  expect(await cloud.leftovers()).toEqual(NOTHING);
  expect(await cloud.eventTypes(id)).toContain('compute.instance.delete.end');
});

test('a controller that stops in the middle goes on at the next start', async () => {
  const held = cloud.agent.hold('spawn');
  const id = await cloud.launch();
  await held.arrived;
  await cloud.shut();
  held.release();
  await cloud.open();
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
  expect(cloud.agent.orders.filter(({ verb }) => verb === 'spawn')).toHaveLength(1);
  expect(await cloud.leftovers()).toEqual({ machines: 1, allocations: 1, ports: 1, addresses: 1 });
});

test('an agent that restarts in the middle is asked again for the same order', async () => {
  const held = cloud.agent.hold('spawn');
  const id = await cloud.launch();
  await held.arrived;
  cloud.bus.disconnect(cloud.agent);
  held.release();
  await cloud.bus.connect(cloud.agent);
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('a delete waits for a host that is away; a forced one does not, and the machine goes when the host is back', async () => {
  const [first, second] = [await cloud.launchActive(), await cloud.launchActive()];
  cloud.bus.disconnect(cloud.agent);
  await cloud.request('DELETE', `/servers/${first}`);
  expect(await cloud.show(first)).toMatchObject({
    status: 'ACTIVE',
    'OS-EXT-STS:task_state': 'deleting',
    host_status: 'UNKNOWN',
  });
  await cloud.bus.connect(cloud.agent);
  await cloud.idle(first);
  expect([...cloud.agent.machines.keys()]).toEqual([second]);

  cloud.bus.disconnect(cloud.agent);
  await cloud.request('DELETE', `/servers/${second}`);
  await cloud.request('POST', `/servers/${second}/action`, { forceDelete: null });
  await cloud.idle(second);
  expect((await cloud.request('GET', `/servers/${second}`)).status).toBe(404);
  expect(await cloud.leftovers()).toMatchObject({ machines: 1, allocations: 0, ports: 0 });
  expect(await cloud.bus.connect(cloud.agent)).toEqual([]);
  await expect.poll(() => cloud.agent.machines.size).toBe(0);
});
