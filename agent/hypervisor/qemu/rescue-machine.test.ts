import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { usualDisks } from '../../../app/contract/machine.ts';
import type { MachineRescue } from '../../../app/contract/machine-orders.ts';
import { findProcessByArgument, killProcess } from '../../process-identity.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;

beforeAll(async () => {
  host = await setUpQemu();
});
afterAll(() => host.close());

async function open(): Promise<void> {
  driver = host.makeDriver();
  await driver.open();
}
beforeEach(open);
afterEach(async () => {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
});

function files(id: string) {
  return machineFiles(join(host.folder, 'machines'), runtimeFolderPath(host.folder, process.getuid?.() ?? 0), id);
}

async function disksOf(id: string): Promise<string[]> {
  return (await listNames(files(id).folder)).toSorted().filter((name) => /\.(qcow2|raw|iso)$/.test(name));
}

/** Logged in at the guest that calls itself so. */
async function guest(id: string, hostname: string): Promise<GuestSession> {
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  // The log has what those before it wrote.
  await session.expect(`ready hostname=${hostname}`);
  await session.logIn();
  return session;
}

const driveOf = (hostname: string) => {
  const metadata = Buffer.from(JSON.stringify({ uuid: hostname, hostname, name: hostname })).toString('base64');
  return { 'openstack/latest/meta_data.json': metadata };
};
const legacy = (hostname: string): MachineRescue => {
  return { image: host.guestImage, device: 'disk', bus: null, isStable: false, configDrive: driveOf(hostname) };
};

test('a guest starts from the rescue image, repairs its own disk as the second one, and is back with it', async () => {
  const { id } = await spawnOn(
    driver,
    makeSpec(host.guestImage, { configDrive: driveOf('own'), disks: usualDisks(0, 16) }),
  );
  const before = await disksOf(id);
  const record = JSON.parse(await readFile(files(id).record, 'utf8'));
  const own = await guest(id, 'own');
  // Its disk looks like an image that stands on a file of the host; nobody may follow that.
  const header = 'printf "QFI\\373\\0\\0\\0\\3\\0\\0\\0\\0\\0\\0\\2\\0\\0\\0\\0\\013/etc/passwd" > /data/header';
  await own.run(`echo broken > /data/state; ${header}; dd if=/data/header of=/dev/vdb conv=notrunc; sync`);
  own.close();

  expect(await driver.orders.rescue({ id, rescue: legacy('rescue') }, plainOrder())).toMatchObject({
    powerState: 'RUNNING',
  });
  expect(await disksOf(id)).toEqual([...before, 'config-drive.2.iso', 'rescue.2.qcow2'].toSorted());
  const doctor = await guest(id, 'rescue');
  expect(await doctor.run('ls /data')).not.toContain('state');
  expect(await doctor.run('echo /dev/vd?')).toContain('/dev/vda /dev/vdb\r\n');
  expect(await doctor.run('mkdir -p /mnt && mount /dev/vdb2 /mnt && cat /mnt/state')).toContain('broken');
  await doctor.run('echo repaired > /mnt/state; umount /mnt; sync');
  doctor.close();

  // An agent that comes later knows it too.
  await driver.close();
  await open();
  expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
  expect(await driver.orders.unrescue({ id }, plainOrder())).toMatchObject({ powerState: 'RUNNING', reason: null });
  expect(await disksOf(id)).toEqual(before);
  expect(JSON.parse(await readFile(files(id).record, 'utf8'))).toEqual(record);
  const again = new GuestSession(await driver.openConsole(id, 'serial'));
  await again.expect('ready hostname=rescue');
  await again.expect('ready hostname=own');
  await again.logIn();
  expect(await again.run('cat /data/state')).toContain('repaired');
  expect(await again.run('head -c 3 /dev/vdb')).toContain('QFI');
  again.close();
});

test('stable: its disks are where they were, and the rescue boots from the last', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.guestImage, { configDrive: driveOf('own') }));
  const own = await guest(id, 'own');
  // From this one it could not start any more.
  await own.run('echo x > /data/own; dd if=/dev/zero of=/dev/vda bs=440 count=1 conv=notrunc; sync');
  own.close();
  const rescue: MachineRescue = { ...legacy('rescue'), bus: 'virtio', isStable: true };
  await driver.orders.rescue({ id, rescue }, plainOrder());
  const doctor = await guest(id, 'rescue');
  expect(await doctor.run('echo /dev/vd? /data/*')).toContain('/dev/vda /dev/vdb /data/lost+found /data/own\r\n');
  doctor.close();
});

test('rescued once more: another disk, and its own ones are still its own', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.blankImage));
  const rescue = { ...legacy('rescue'), image: host.blankImage };
  await driver.orders.rescue({ id, rescue }, plainOrder());
  await driver.orders.rescue({ id, rescue }, plainOrder());
  expect(await disksOf(id)).toEqual([...['config-drive.3.iso', 'config-drive.iso', 'rescue.3.qcow2', 'root.qcow2']]);
  await driver.orders.start({ id }, plainOrder());
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.qcow2']);
});

test('a rescue that is refused or called off leaves the machine as it runs', async () => {
  const spec = makeSpec(host.blankImage, { hardware: { hw_machine_type: 'q35' } });
  const { id } = await spawnOn(driver, spec);
  const state = async () => [
    driver.status(id),
    (await listNames(files(id).folder)).toSorted(),
    await readFile(files(id).record, 'utf8'),
  ];
  const before = await state();
  const ide = { ...legacy('rescue'), bus: 'ide', isStable: true } as const;
  await expect(driver.orders.rescue({ id, rescue: ide }, plainOrder())).rejects.toMatchObject({
    field: 'hw_rescue_bus',
  });
  const given = new Error('called off');
  const notWanted = { ...plainOrder(), confirm: () => Promise.reject(given) };
  await expect(driver.orders.rescue({ id, rescue: legacy('rescue') }, notWanted)).rejects.toBe(given);
  expect(await state()).toEqual(before);
});

test('a QEMU that dies while the disks of a rescue are made, or just before its power is cut, is no matter', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.blankImage));
  const killed = async () => {
    const qemu = await findProcessByArgument(files(id).pid);
    if (qemu !== null) await killProcess(qemu);
  };
  const running = { powerState: 'RUNNING', reason: null };
  const rescue = { ...legacy('rescue'), image: host.blankImage };
  expect(await driver.orders.rescue({ id, rescue }, { ...plainOrder(), confirm: killed })).toMatchObject(running);
  expect(await driver.orders.unrescue({ id }, { ...plainOrder(), confirm: killed })).toMatchObject(running);
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.qcow2']);
});

test('the image of a rescue stays in the cache as long as that lasts, and the one of the machine too', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.blankImage));
  await driver.orders.rescue({ id, rescue: legacy('rescue') }, plainOrder());
  expect(await driver.strays.remove('cached-image', host.guestImage.id)).toBe(false);
  expect(await driver.strays.remove('cached-image', host.blankImage.id)).toBe(false);
  await driver.orders.unrescue({ id }, plainOrder());
  expect(await driver.strays.remove('cached-image', host.guestImage.id)).toBe(true);
  expect(await driver.strays.remove('cached-image', host.blankImage.id)).toBe(false);
});
