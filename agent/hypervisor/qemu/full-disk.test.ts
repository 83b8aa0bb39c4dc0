import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmallDisk } from '../../../tests/small-disk.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import type { MachineState } from '../driver.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';

const canMount = SmallDisk.canMount();

describe.skipIf(!canMount)('the disk with the machines is full', () => {
  let disk: SmallDisk;
  let host: Awaited<ReturnType<typeof setUpQemu>>;
  let driver: QemuDriver;

  beforeAll(async () => {
    disk = await SmallDisk.mount({ mib: 300 });
    host = await setUpQemu(join(disk.path, 'agent'));
    driver = host.makeDriver();
    await driver.open();
  });

  afterAll(async () => {
    // Only where a test failed half-way is there one left.
    for (const { id } of driver.list()) await driver.orders.destroy({ id: id }, plainOrder());
    await driver.close();
    await host.close();
    await disk.unmount();
  });

  function until(id: string, test: (state: MachineState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (state: MachineState | null) => {
        if (state !== null && state.id === id && test(state)) resolve();
      };
      driver.onChange(look);
      look(driver.status(id));
    });
  }

  test('a spawn says so and leaves nothing; with room it works', async () => {
    disk.fillUpTo(16);
    const spec = makeSpec(host.guestImage);
    await expect(spawnOn(driver, spec)).rejects.toMatchObject({
      code: 'disk_full',
      hint: expect.any(String),
    });
    expect(await host.findTraces(spec.id)).toEqual([]);
    disk.makeRoom();
    expect(await spawnOn(driver, spec)).toMatchObject({ powerState: 'RUNNING' });
    await driver.orders.destroy({ id: spec.id }, plainOrder());
  });

  test('a guest that fills it is paused and says why, and goes on when there is room', async () => {
    const { id } = await spawnOn(driver, makeSpec(host.guestImage));
    const session = new GuestSession(await driver.openConsole(id, 'serial'));
    await session.logIn();
    disk.fillUpTo(8);
    const written = session.run('dd if=/dev/zero of=/dev/vda bs=1M seek=100 count=64 conv=fsync; echo status=$?');
    await until(id, ({ powerState }) => powerState === 'PAUSED');
    expect(driver.status(id)).toMatchObject({ reason: 'disk-full', message: expect.stringContaining('full') });
    disk.makeRoom();
    expect(await driver.orders.unpause({ id: id }, plainOrder())).toMatchObject({
      powerState: 'RUNNING',
      reason: null,
    });
    expect(await written).toMatch(/status=0/);
    session.close();
    await driver.orders.destroy({ id: id }, plainOrder());
  });

  test('a rebuild or a rescue that has no room says so, and the guest runs on as it was', async () => {
    const spec = makeSpec(host.blankImage);
    const { id } = await spawnOn(driver, spec);
    const files = machineFiles(join(host.folder, 'machines'), host.folder, id);
    const state = async () => [driver.status(id), (await listNames(files.folder)).toSorted()];
    const before = await state();
    const record = await readFile(files.record, 'utf8');
    const rescue = { image: spec.image, device: 'disk', bus: null, isStable: false, configDrive: null } as const;
    const orders = [
      () => driver.orders.rebuild({ id, spec, keepsEphemeral: false }, plainOrder()),
      () => driver.orders.rescue({ id, rescue }, plainOrder()),
      // The image is not in the cache yet.
      () => driver.orders.rescue({ id, rescue: { ...rescue, image: host.guestImage } }, plainOrder()),
    ];
    for (const order of orders) {
      disk.fillUpTo(0);
      await expect(order()).rejects.toMatchObject({ code: 'disk_full', hint: expect.any(String) });
      expect(await state()).toEqual(before);
      expect(await readFile(files.record, 'utf8')).toBe(record);
      disk.makeRoom();
    }
    expect(await driver.orders.rescue({ id, rescue }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    await driver.orders.destroy({ id }, plainOrder());
  });

  test('a resize that has no room, or cannot be made one disk again, says so, and the guest runs on', async () => {
    const spec = makeSpec(host.blankImage);
    const { id } = await spawnOn(driver, spec);
    const files = machineFiles(join(host.folder, 'machines'), host.folder, id);
    const migration = '22222222-2222-4222-8222-222222222222';
    const sizes = { vcpus: 1, memoryMib: 160, rootDiskGib: 2, disks: [] };
    const resize = () => driver.orders.resize({ id, migration, ...sizes, timeoutSeconds: 0 }, plainOrder());
    const confirm = () => driver.orders.confirmResize({ id, migration }, plainOrder());
    const before = [driver.status(id), (await listNames(files.folder)).toSorted()];
    disk.fillUpTo(0);
    await expect(resize()).rejects.toMatchObject({ code: 'disk_full', hint: expect.any(String) });
    disk.makeRoom();
    expect([driver.status(id), (await listNames(files.folder)).toSorted()]).toEqual(before);

    await resize();
    const upper = join(files.folder, 'root.2.qcow2');
    await promisify(execFile)('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 1500M 48M', upper]);
    const running = await driver.orders.start({ id }, plainOrder());
    disk.fillUpTo(8);
    await expect(confirm()).rejects.toMatchObject({ code: 'disk_full', hint: expect.any(String) });
    expect(driver.status(id)).toEqual(running);
    disk.makeRoom();
    expect(await confirm()).toEqual(running);
    expect((await listNames(files.folder)).filter((name) => name.endsWith('.qcow2'))).toEqual(['root.qcow2']);
    await driver.orders.destroy({ id }, plainOrder());
  });

  test('a suspend that has no room says so, and the guest goes on', async () => {
    const { id } = await spawnOn(driver, makeSpec(host.blankImage));
    disk.fillUpTo(16);
    await expect(driver.orders.suspend({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'disk_full' });
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
    disk.makeRoom();
    await driver.orders.destroy({ id: id }, plainOrder());
  });

  test('a snapshot that has no room says so and leaves nothing, and the guest goes on', async () => {
    const { id } = await spawnOn(driver, makeSpec(host.guestImage));
    const session = new GuestSession(await driver.openConsole(id, 'serial'));
    await session.logIn();
    await session.run('dd if=/dev/urandom of=/dev/vda bs=1M seek=100 count=32 conv=fsync');
    session.close();
    const folder = join(disk.path, 'agent', 'machines', id);
    const before = new Set(await listNames(folder));
    disk.fillUpTo(80);
    const image = randomUUID();
    await expect(driver.orders.snapshot({ id, image }, plainOrder())).rejects.toMatchObject({
      code: 'disk_full',
      hint: expect.any(String),
    });
    expect([new Set(await listNames(folder)), await host.controller.sentImage(image)]).toEqual([before, null]);
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING', reason: null });
    disk.makeRoom();
    await driver.orders.snapshot({ id, image }, plainOrder());
    expect(await host.controller.sentImage(image)).not.toBeNull();
    await driver.orders.destroy({ id }, plainOrder());
  });

  test('with not one byte left, machines can still be paused, stopped and destroyed', async () => {
    const { id } = await spawnOn(driver, makeSpec(host.blankImage));
    disk.fillUpTo(0);
    expect(await driver.orders.pause({ id: id }, plainOrder())).toMatchObject({ powerState: 'PAUSED' });
    const atOnce = { graceful: false, timeoutSeconds: 0, force: true };
    expect(await driver.orders.stop({ id: id, ...atOnce }, plainOrder())).toMatchObject({ powerState: 'SHUTDOWN' });
    await expect(driver.orders.start({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'disk_full' });
    await driver.orders.destroy({ id: id }, plainOrder());
    expect(await host.findTraces(id)).toEqual([]);
    disk.makeRoom();
  });
});
