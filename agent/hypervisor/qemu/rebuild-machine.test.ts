import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MachineSpec, usualDisks } from '../../../app/contract/machine.ts';
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

/** The files of disks in the machine's folder. */
async function disksOf(id: string): Promise<string[]> {
  return (await listNames(files(id).folder)).toSorted().filter((name) => /\.(qcow2|raw|iso)$/.test(name));
}

test('a rebuilt machine has new disks, the ephemeral one only where it is not kept, and nothing of the old ones', async () => {
  const called = (name: string): Partial<MachineSpec> => {
    const metadata = Buffer.from(JSON.stringify({ uuid: id, hostname: name, name })).toString('base64');
    return { name, configDrive: { 'openstack/latest/meta_data.json': metadata } };
  };
  const { id, ...spec } = makeSpec(host.guestImage, { disks: usualDisks(1, 16) });
  await spawnOn(driver, { id, ...spec, ...called('first') });
  const rebuild = (name: string, keepsEphemeral: boolean) =>
    driver.orders.rebuild({ id, spec: { id, ...spec, ...called(name) }, keepsEphemeral }, plainOrder());
  /** What is on the root disk and at the beginning of the ephemeral one, once the guest of that name is up. */
  const look = async (name: string, first = 'true') => {
    const session = new GuestSession(await driver.openConsole(id, 'serial'));
    // The log has what those before it wrote.
    await session.expect(`ready hostname=${name}`);
    await session.logIn();
    await session.run(first);
    const seen = await session.run('echo /data/*; head -c 5 /dev/vdb');
    session.close();
    return { root: seen.includes('/data/kept'), ephemeral: seen.includes('marks') };
  };
  const write = 'echo x > /data/kept; printf marks > /dev/vdb; sync';
  expect(await look('first', write)).toEqual({ root: true, ephemeral: true });

  expect(await rebuild('second', true)).toMatchObject({ powerState: 'SHUTDOWN', reason: null });
  expect(await disksOf(id)).toEqual(['config-drive.2.iso', 'ephemeral.qcow2', 'root.2.qcow2', 'swap.2.raw']);
  await driver.orders.start({ id }, plainOrder());
  expect(await look('second')).toEqual({ root: false, ephemeral: true });

  // Also what was written before a resize that nobody has confirmed.
  const migration = '77777777-7777-4777-8777-777777777777';
  const sizes = { vcpus: 1, memoryMib: spec.memoryMib, rootDiskGib: 1, disks: usualDisks(1, 16) };
  await driver.orders.resize({ id, migration, ...sizes, timeoutSeconds: 0 }, plainOrder());
  await rebuild('resized', true);
  await driver.orders.start({ id }, plainOrder());
  expect(await look('resized')).toEqual({ root: false, ephemeral: true });

  expect(await rebuild('third', false)).toMatchObject({ powerState: 'SHUTDOWN' });
  expect(await disksOf(id)).toEqual(['config-drive.5.iso', 'ephemeral.5.qcow2', 'root.5.qcow2', 'swap.5.raw']);
  await driver.close();
  await open();
  await driver.orders.start({ id }, plainOrder());
  expect(await look('third')).toEqual({ root: false, ephemeral: false });
});

test('a rebuild that is refused or called off leaves the machine as it runs', async () => {
  const spec = makeSpec(host.guestImage);
  const { id } = await spawnOn(driver, spec);
  const before = [
    driver.status(id),
    (await listNames(files(id).folder)).toSorted(),
    await readFile(files(id).record, 'utf8'),
  ];
  const as = { id, keepsEphemeral: false };
  const large = { ...spec, image: { ...spec.image, virtualSize: 2 * 2 ** 30 } };
  await expect(driver.orders.rebuild({ ...as, spec: large }, plainOrder())).rejects.toMatchObject({
    field: 'rootDiskGib',
  });
  const given = new Error('called off');
  const notWanted = { ...plainOrder(), confirm: () => Promise.reject(given) };
  await expect(driver.orders.rebuild({ ...as, spec }, notWanted)).rejects.toBe(given);
  expect([
    driver.status(id),
    (await listNames(files(id).folder)).toSorted(),
    await readFile(files(id).record, 'utf8'),
  ]).toEqual(before);
});

test('what a crash left of a rebuild goes by the word of the record, and nothing else', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.blankImage));
  await driver.close();
  const record = JSON.parse(await readFile(files(id).record, 'utf8'));
  await writeFile(files(id).record, JSON.stringify({ ...record, otherFiles: ['root.2.qcow2'] }));
  for (const name of ['root.2.qcow2', 'root.9.qcow2']) await writeFile(join(files(id).folder, name), '');
  await open();
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.9.qcow2', 'root.qcow2']);
  expect(JSON.parse(await readFile(files(id).record, 'utf8'))).toEqual(record);
  expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING', reason: null });
});
