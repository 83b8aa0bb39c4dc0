import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import type { MachineRescue } from '../../contract/machine-orders.ts';
import { machineRescue } from '../machine-spec.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';

const DOCTOR = { ...IMAGE, id: '22222222-2222-4222-8222-222222222222', name: 'doctor', properties: {} };
const STABLE = { ...DOCTOR, id: '33333333-3333-4333-8333-333333333333', properties: { hw_rescue_bus: 'scsi' } };
const MEDIUM = { ...DOCTOR, id: '44444444-4444-4444-8444-444444444444', diskFormat: 'iso' };
const ODD = { ...DOCTOR, id: '55555555-5555-4555-8555-555555555555', properties: { hw_rescue_device: 'floppy' } };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
  for (const image of [DOCTOR, STABLE, MEDIUM, ODD]) await cloud.addImage(image);
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);
const rescue = (id: string, value: object | null = null, options = {}) => action(id, { rescue: value }, options);
const ordersOf = (id: string) => cloud.agent.orders.filter((order) => order.id === id).map(({ verb }) => verb);
const toldOf = (id: string) =>
  cloud.agent.orders.findLast((order) => order.id === id && order.verb === 'rescue')?.args.rescue as MachineRescue;

async function rescued(value: object | null = null): Promise<string> {
  const id = await cloud.launchActive();
  expect((await rescue(id, value)).status).toBe(200);
  await cloud.idle(id);
  return id;
}

test('a server is rescued from its own image with a password, and back', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('rescue');
  const answer = await rescue(id, { adminPass: 'secret' });
  expect([answer.status, answer.body]).toEqual([200, { adminPass: 'secret' }]);
  await held.arrived;
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': 'rescuing' });
  held.release();
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({
    ...{ status: 'RESCUE', 'OS-EXT-STS:vm_state': 'rescued', 'OS-EXT-STS:power_state': 1, image: { id: IMAGE.id } },
  });
  expect((await cloud.request('GET', '/servers?status=RESCUE')).body.servers).toMatchObject([{ id }]);
  expect(toldOf(id)).toMatchObject({ image: { id: IMAGE.id }, device: 'disk', bus: null, isStable: false });
  const drive = Buffer.from(toldOf(id).configDrive?.['openstack/latest/meta_data.json'] ?? '', 'base64');
  expect(JSON.parse(drive.toString('utf8'))).toMatchObject({ uuid: id, admin_pass: 'secret' });
  const back = await action(id, { unrescue: null });
  expect([back.status, back.body]).toEqual([202, undefined]);
  expect((await cloud.show(id))['OS-EXT-STS:task_state']).toBe('unrescuing');
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  expect(ordersOf(id)).toEqual(['spawn', 'rescue', 'unrescue']);
  expect((await cloud.eventTypes(id)).slice(-4)).toEqual([
    ...['compute.instance.rescue.start', 'compute.instance.rescue.end'],
    ...['compute.instance.unrescue.start', 'compute.instance.unrescue.end'],
  ]);
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions.map((entry: { action: string }) => entry.action)).toEqual([
    ...['unrescue', 'rescue', 'create'],
  ]);
});

test('the image says how it is attached', async () => {
  await rescued({ rescue_image_ref: STABLE.id });
  const toldFor = async (image: { id: string }) => {
    const { image: told, ...how } = toldOf(await rescued({ rescue_image_ref: image.id }));
    expect(told.id).toBe(image.id);
    return how;
  };
  expect(await toldFor(DOCTOR)).toMatchObject({ device: 'disk', bus: null, isStable: false });
  expect(await toldFor(STABLE)).toMatchObject({ device: 'disk', bus: 'scsi', isStable: true });
  expect(await toldFor(MEDIUM)).toMatchObject({ device: 'cdrom', bus: null, isStable: false });
});

test('what the metadata definitions name is followed', () => {
  const definitions = JSON.parse(readFileSync(new URL('../../../assets/metadefs.json', import.meta.url), 'utf8'));
  const { properties } = definitions.find(
    (one: { namespace: string }) => one.namespace === 'OS::Compute::LibvirtImage',
  );
  for (const property of ['hw_rescue_bus', 'hw_rescue_device']) {
    for (const value of properties[property].enum) {
      const told = machineRescue({ ...DOCTOR, properties: { [property]: value } }, null);
      expect(property === 'hw_rescue_bus' ? told.bus : told.device).toBe(value);
    }
  }
});

describe('bad input is refused by name, and nothing has changed', () => {
  test.each<[value: object, said: string]>([
    [{ rescue_image_ref: 'no-uuid' }, 'rescue.rescue_image_ref'],
    [{ rescue_image_ref: '99999999-9999-4999-8999-999999999999' }, 'Can not find requested image'],
    [{ rescue_image_ref: ODD.id }, 'hw_rescue_device'],
    [{ adminPass: 'x'.repeat(256) }, 'rescue.adminPass'],
    [{ image: DOCTOR.id }, 'image'],
  ])('%j', async (value, said) => {
    const id = await cloud.launchActive();
    const before = await cloud.show(id);
    const { status, body } = await rescue(id, value);
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(said)]);
    expect(await cloud.show(id)).toEqual(before);
  });

  test('rights, other projects, locks, states', async () => {
    const id = await cloud.launchActive();
    expect((await rescue(id, null, { who: 'reader' })).status).toBe(403);
    expect((await rescue(id, null, { who: 'other' })).status).toBe(404);
    expect((await action(id, { unrescue: null })).body.conflictingRequest.message).toBe(
      `Cannot 'unrescue' instance ${id} while it is in vm_state active`,
    );
    await action(id, { lock: null });
    expect((await rescue(id)).status).toBe(409);
    await action(id, { unlock: null });
    await action(id, { pause: null });
    await cloud.idle(id);
    expect((await rescue(id)).body.conflictingRequest.message).toBe(
      `Cannot 'rescue' instance ${id} while it is in vm_state paused`,
    );
  });
});

describe('while it is rescued', () => {
  test.each([
    [{ reboot: { type: 'HARD' } }, 409],
    [{ reboot: { type: 'SOFT' } }, 409],
    [{ 'os-stop': null }, 409],
    [{ 'os-start': null }, 409],
    [{ pause: null }, 409],
    [{ rescue: null }, 409],
    [{ rebuild: { imageRef: IMAGE.id } }, 409],
    [{ lock: null }, 202],
    [{ 'os-getConsoleOutput': {} }, 200],
  ])('%j: %i', async (body, status) => {
    const id = await rescued();
    expect((await action(id, body)).status).toBe(status);
  });

  test('what the guest does is seen, and it stays rescued', async () => {
    const id = await rescued();
    await cloud.bus.tell(cloud.agent, cloud.agent.change(id, 'SHUTDOWN', 'guest-shutdown'));
    expect(await cloud.show(id)).toMatchObject({ status: 'RESCUE', 'OS-EXT-STS:power_state': 4 });
    await action(id, { unrescue: null });
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
  });

  test('it can be deleted', async () => {
    const id = await rescued();
    await cloud.request('DELETE', `/servers/${id}`);
    await cloud.idle(id);
    expect(await cloud.leftovers()).toEqual({ machines: 0, allocations: 0, ports: 0, addresses: 0 });
  });
});

test('the copy of a rescue image that is deleted goes from the host once the rescue is over', async () => {
  const id = await rescued({ rescue_image_ref: DOCTOR.id });
  const copy = `${DOCTOR.id}.0123.qcow2`;
  cloud.agent.strays.push({ kind: 'cached-file', name: copy, bytes: 1 });
  cloud.agent.inUse.add(copy);
  const context = { requestId: 'req-1' } as never;
  await cloud.database.transaction((trx) => cloud.compute.forgetImage(trx, context, DOCTOR.id));
  cloud.agent.inUse.clear();
  await action(id, { unrescue: null });
  await cloud.idle(id);
  await expect.poll(() => cloud.agent.strays.length).toBe(0);
});

describe('where nothing comes of it, it says why', () => {
  const full = () => new OperationalError('disk_full', 'agent', 'The disk of the host is full.');

  test('rescue: it runs as before, and is in error until somebody acts', async () => {
    const id = await cloud.launchActive();
    cloud.agent.failNext('rescue', full());
    await rescue(id, { rescue_image_ref: DOCTOR.id });
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({
      ...{ status: 'ERROR', 'OS-EXT-STS:task_state': null, 'OS-EXT-STS:power_state': 1 },
      fault: { message: 'The disk of the host is full.' },
    });
    expect(ordersOf(id)).toEqual(['spawn', 'start']);
    const row = await cloud.database.query
      .selectFrom('compute_server')
      .select(['admin_pass', 'rescue_image_id'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ admin_pass: null, rescue_image_id: null });
    expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.rescue.error');
    expect((await rescue(id)).status).toBe(200);
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('RESCUE');
  });

  test('rescue: where its host was not told, it is what it was', async () => {
    const id = await cloud.launchActive();
    cloud.bus.disconnect(cloud.agent);
    await rescue(id, { rescue_image_ref: DOCTOR.id });
    await cloud.deleteImage(DOCTOR.id);
    await cloud.bus.connect(cloud.agent);
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  });

  test('unrescue: it stays rescued, and can be asked again', async () => {
    const id = await rescued();
    cloud.agent.failNext('unrescue', full());
    await action(id, { unrescue: null });
    await cloud.idle(id);
    expect(await cloud.show(id)).toMatchObject({ status: 'RESCUE', 'OS-EXT-STS:task_state': null });
    await action(id, { unrescue: null });
    await cloud.idle(id);
    expect((await cloud.show(id)).status).toBe('ACTIVE');
  });
});
