import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;

beforeAll(async () => {
  host = await setUpQemu();
});

afterAll(async () => {
  await host.close();
});

test('what a machine that runs has, and what of its cards waits for its next start', async () => {
  const driver = host.makeDriver();
  await driver.open();
  const spec = makeSpec(host.blankImage, {
    disks: [{ id: 'swap', role: 'swap', sizeMib: 1, bus: null, serial: null, bootIndex: null }],
    hardware: { hw_machine_type: 'q35' },
  });
  const [port] = spec.ports;
  if (!port) throw new Error('the machine has no port');
  await spawnOn(driver, spec);
  const { disks, ...rest } = await driver.hardware(spec.id);
  expect(rest.machineType).toMatch(/q35/);
  expect(rest.accelerator).not.toBeNull();
  expect(disks.map(({ role, bus, sizeBytes, address, pending }) => [role, bus, sizeBytes, address, pending])).toEqual([
    ['root', 'virtio', 1024 ** 3, '0000:00:05.0', null],
    ['swap', 'virtio', 1024 ** 2, '0000:00:06.0', null],
    ['config-drive', 'scsi', expect.any(Number), '0:0:0:0', null],
  ]);
  for (const { usedBytes } of disks) expect(usedBytes).toBeLessThan(2 * 1024 ** 2);
  const cards = async () =>
    (await driver.hardware(spec.id)).cards.map(({ portId, mac, pending }) => [portId, mac, pending]);
  expect(await cards()).toEqual([[port.id, port.mac, null]]);

  // Another card instead of the first: each has its place until the machine is started again.
  const other = { ...port, id: randomUUID(), mac: '52:54:00:65:43:21' };
  await driver.orders.plugNic({ id: spec.id, port: other }, plainOrder());
  await driver.orders.unplugNic({ id: spec.id, port: port.id }, plainOrder());
  expect(await cards()).toEqual([
    [port.id, port.mac, 'leaves'],
    [other.id, other.mac, 'comes'],
  ]);

  // An agent that was not there when it was started tells the same.
  await driver.close();
  const next = host.makeDriver();
  await next.open();
  expect((await next.hardware(spec.id)).cards.map(({ pending }) => pending)).toEqual(['leaves', 'comes']);
  const hard = { id: spec.id, type: 'hard' as const, timeoutSeconds: 0 };
  await next.orders.reboot(hard, plainOrder());
  expect((await next.hardware(spec.id)).cards.map(({ mac, pending }) => [mac, pending])).toEqual([[other.mac, null]]);
  await next.orders.destroy({ id: spec.id }, plainOrder());
  await next.close();
});
