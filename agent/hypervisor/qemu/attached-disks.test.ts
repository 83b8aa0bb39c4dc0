import { randomUUID } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDisksContract } from '../../testing/disk-contract.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import type { DiskToAttach } from '../attached-disks.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

const host = await setUpQemu();
let driver: QemuDriver;
const open = async () => {
  driver = host.makeDriver();
  await driver.open();
};
const spec = makeSpec(host.guestImage);
const { id } = spec;
const GIB = 2 ** 30;
const FILES = machineFiles(join(host.folder, 'machines'), runtimeFolderPath(host.folder, process.getuid?.() ?? 0), id);

test('a guest that does not let go of a disk keeps it, and is without it once it is off', async () => {
  const impatient = host.makeDriver(join(host.folder, 'deaf'), undefined, 300);
  await impatient.open();
  const { id: deaf } = await spawnOn(impatient, makeSpec(host.blankImage, { ports: [] }));
  const disk = blank(1);
  expect(await impatient.disks.attach({ id: deaf, disk }, plainOrder())).toMatchObject({ isThere: true });
  const detachIt = () => impatient.disks.detach({ id: deaf, key: disk.key }, plainOrder());
  await expect(detachIt()).rejects.toMatchObject({ code: 'timeout', hint: expect.any(String) });
  expect(await impatient.disks.list(deaf)).toMatchObject([{ key: disk.key, isThere: true }]);
  await expect(detachIt()).rejects.toMatchObject({ code: 'timeout' });
  await impatient.orders.stop({ id: deaf, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  await detachIt();
  expect(await impatient.disks.list(deaf)).toEqual([]);
  await impatient.orders.destroy({ id: deaf }, plainOrder());
  await impatient.close();
});

testDisksContract('qemu', async () => {
  await open();
  await spawnOn(driver, spec);
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  await session.expect('cumulet-linux ready');
  await session.logIn();
  await comeAndGo(session);
  await survive();
  session.close();
  const file = join(host.folder, 'disk.raw');
  await writeFile(file, '');
  await truncate(file, 1024 ** 2);
  return { driver, id, file, close };
});

const blank = (sizeMib: number): DiskToAttach => {
  return { key: randomUUID(), source: { kind: 'blank', sizeMib }, bus: null, serial: null };
};
const attach = (disk: DiskToAttach) => driver.disks.attach({ id, disk }, plainOrder());
const detach = (key: string) => driver.disks.detach({ id, key }, plainOrder());
const recordOf = async () => JSON.parse(await readFile(FILES.record, 'utf8'));
const diskFiles = async () => (await listNames(FILES.folder)).filter((name) => name.startsWith('attached'));

/** The guest sees it come, by its size and serial number, writes to it, and sees it go. */
async function comeAndGo(session: GuestSession): Promise<void> {
  const disk = blank(2048);
  await attach(disk);
  const wait = (is: string) => `while [ ${is} /sys/block/vdb ]; do sleep 0.1; done`;
  const seen = await session.run(`${wait('! -e')}; cat /sys/block/vdb/size /sys/block/vdb/serial; echo`);
  expect(seen).toContain(String((2 * GIB) / 512));
  expect(seen).toContain(disk.key.slice(0, 20));
  expect(await session.run('echo kept > /dev/vdb && sync && head -c 4 /dev/vdb')).toContain('kept');
  expect(await diskFiles()).toEqual(['attached.qcow2']);
  await detach(disk.key);
  await session.run(wait('-e'));
  expect(await diskFiles()).toEqual([]);
}

/** Whatever moment an agent is killed in: the record is one of two, the process has the disk or has it not. */
async function survive(): Promise<void> {
  const disk = blank(8);
  const without = await recordOf();
  await attach(disk);
  const withDisk = await recordOf();
  const reopen = async (record: unknown) => {
    await driver.close();
    await writeFile(FILES.record, JSON.stringify(record));
    await open();
  };
  // Killed before the guest was asked, and when it had let go.
  await reopen(withDisk);
  expect(await driver.disks.list(id)).toMatchObject([{ key: disk.key, isThere: true }]);
  await detach(disk.key);
  await writeFile(join(FILES.folder, 'attached.qcow2'), '');
  await reopen(withDisk);
  expect(await driver.disks.list(id)).toMatchObject([{ key: disk.key, isThere: false }]);
  await detach(disk.key);
  expect([await recordOf(), await diskFiles()]).toEqual([without, []]);
  // Killed while its file was made.
  await writeFile(join(FILES.folder, 'attached.qcow2'), '');
  await reopen({ ...without, otherFiles: ['attached.qcow2'] });
  expect([await recordOf(), await diskFiles()]).toEqual([without, []]);
  // Killed when the process had it as a file, and not yet as a device.
  await attach(disk);
  await reopen(withDisk);
  expect(await attach(disk)).toMatchObject({ isThere: true });
  await detach(disk.key);
}

async function close(): Promise<void> {
  await driver.orders.destroy({ id }, plainOrder());
  expect(await host.findTraces(id)).toEqual([]);
  await driver.close();
  await host.close();
}
