import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MachineSpec, usualDisks } from '../../../app/contract/machine.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { buildQcow2Head } from '../../testing/qcow2-head.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

const run = promisify(execFile);

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

async function recordOf(id: string) {
  return JSON.parse(await readFile(files(id).record, 'utf8'));
}

const SMALL = { vcpus: 1, memoryMib: 128, rootDiskGib: 1, disks: usualDisks(1, 8) };
const LARGE = { vcpus: 2, memoryMib: 192, rootDiskGib: 2, disks: usualDisks(2, 16) };

/** Starts it, and logs in once it is up: behind what was read of its line before, up to `after`. */
async function boot(id: string, after: string | null, start: () => Promise<unknown>): Promise<GuestSession> {
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  if (after !== null) await session.expect(after);
  await start();
  await session.expect('cumulet-linux ready');
  await session.logIn();
  return session;
}

/** What the guest has of everything, and what stands at the end of its old and new disks. */
async function look(session: GuestSession): Promise<string> {
  const sizes = 'for disk in vda vdb vdc; do echo $disk=$(cat /sys/block/$disk/size); done';
  const text = await session.run(`nproc; grep MemTotal /proc/meminfo; ${sizes}; cat /data/note; head -c 5 /dev/vdb`);
  const found = {
    cpus: /\r\n(\d+)\r\nMemTotal/.exec(text)?.[1],
    mib: Math.ceil(Number(/MemTotal: +(\d+)/.exec(text)?.[1]) / 1024 / 64) * 64,
    disks: ['vda', 'vdb', 'vdc'].map((disk) => Number(new RegExp(`${disk}=(\\d+)`).exec(text)?.[1]) / 2048),
    note: /note-(\w+)/.exec(text)?.[1],
    ephemeral: /mark\d/.exec(text)?.[0],
  };
  return JSON.stringify(found);
}

const seen = (cpus: string, mib: number, disks: number[], note: string, ephemeral: string) =>
  JSON.stringify({ cpus, mib, disks, note, ephemeral });

const write = (note: string, mark: string) => `echo note-${note} > /data/note; printf ${mark} > /dev/vdb; sync`;

const GUEST_PATIENCE_MS = 400_000;

test(
  'the guest sees more of everything; reverted it is what it was, confirmed while it runs it keeps all',
  async () => {
    const spec: MachineSpec = makeSpec(host.guestImage, SMALL);
    const { id } = await spawnOn(driver, spec);
    const start = () => driver.orders.start({ id }, plainOrder());
    const before = await boot(id, null, async () => undefined);
    await before.run(write('first', 'mark1'));
    before.close();
    const record = await recordOf(id);

    const first = randomUUID();
    const larger = { id, migration: first, ...LARGE, timeoutSeconds: 60 };
    expect(await driver.orders.resize(larger, plainOrder())).toMatchObject({ powerState: 'SHUTDOWN', reason: null });
    const resized = await boot(id, 'mark1', start);
    expect(await look(resized)).toBe(seen('2', 192, [2048, 2048, 16], 'first', 'mark1'));
    await resized.run(write('second', 'mark2'));
    resized.close();
    expect((await driver.diagnostics(id)).disks.map(({ name }) => name)).toContain('root');

    const reverted = await driver.orders.revertResize({ id, migration: first }, plainOrder());
    expect(reverted).toMatchObject({ powerState: 'SHUTDOWN', reason: null });
    expect(await recordOf(id)).toEqual({ ...record, resize: { state: 'reverted', migration: first } });
    expect(await disksOf(id)).toEqual(['config-drive.iso', 'ephemeral.qcow2', 'root.qcow2', 'swap.raw']);
    const small = await boot(id, 'mark2', start);
    expect(await look(small)).toBe(seen('1', 128, [1024, 1024, 8], 'first', 'mark1'));
    await small.run('echo ma""rk3');
    small.close();

    const second = randomUUID();
    await driver.orders.resize({ ...larger, migration: second }, plainOrder());
    const kept = await boot(id, 'mark3', start);
    await kept.run(write('third', 'mark4'));
    // Beyond the end of the disk of before, and on and on while it is merged.
    kept.type(
      '(while true; do date > /data/beat; sync; done) & dd if=/dev/urandom of=/dev/vdb bs=1M seek=1500 count=64\n',
    );
    const confirmed = await driver.orders.confirmResize({ id, migration: second }, plainOrder());
    expect(confirmed).toMatchObject({ powerState: 'RUNNING' });
    expect(await disksOf(id)).toEqual(['config-drive.iso', 'ephemeral.qcow2', 'root.qcow2', 'swap.2.raw']);
    expect(await look(kept)).toBe(seen('2', 192, [2048, 2048, 16], 'third', 'mark4'));
    const tail = 'dd if=/dev/vdb bs=1M skip=1500 count=64 2>/dev/null | md5sum';
    const sum = /[0-9a-f]{32}/.exec(await kept.run(`kill %1; echo after > /data/after; sync; ${tail}`))?.[0];
    await kept.run('echo ma""rk5');
    kept.close();
    await driver.orders.stop({ id, graceful: true, timeoutSeconds: 60, force: true }, plainOrder());
    for (const name of ['root.qcow2', 'ephemeral.qcow2'])
      await run('qemu-img', ['check', join(files(id).folder, name)]);
    const again = await boot(id, 'mark5', start);
    expect(await look(again)).toBe(seen('2', 192, [2048, 2048, 16], 'third', 'mark4'));
    expect(await again.run(`cat /data/after; ${tail}`)).toMatch(new RegExp(`after\\r\\n${sum}`));
    again.close();
  },
  GUEST_PATIENCE_MS,
);

test('one that was off stays off, and is confirmed so; a guest that wrote a header to its disks is not followed', async () => {
  const spec: MachineSpec = makeSpec(host.blankImage, { ...SMALL, disks: [] });
  const { id } = await spawnOn(driver, spec);
  await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  const { folder } = files(id);
  const secret = '/etc/hostname';
  const head = join(folder, 'head');
  await writeFile(head, buildQcow2Head({ backingFile: secret }));
  const image = join(folder, 'root.qcow2');
  await run('qemu-io', ['-f', 'qcow2', '-c', `write -s ${head} 0 4k`, image]);
  await rm(head);

  const migration = randomUUID();
  const sizes = { ...SMALL, memoryMib: 160, rootDiskGib: 2, disks: usualDisks(0, 8) };
  expect(await driver.orders.resize({ id, migration, ...sizes, timeoutSeconds: 0 }, plainOrder())).toMatchObject({
    powerState: 'SHUTDOWN',
  });
  const upper = join(folder, 'root.2.qcow2');
  await run('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 1500M 1M', upper]);
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.2.qcow2', 'root.qcow2', 'swap.2.raw']);
  expect(await driver.orders.confirmResize({ id, migration }, plainOrder())).toMatchObject({ powerState: 'SHUTDOWN' });
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.qcow2', 'swap.2.raw']);
  await run('qemu-io', ['-r', '-f', 'qcow2', '-c', 'read -P 9 1500M 1M', '-c', 'read -P 81 0 1', image]);
  const { stdout } = await run('qemu-img', ['info', '--output=json', image]);
  expect(JSON.parse(stdout)).toMatchObject({ 'virtual-size': 2 * 2 ** 30, 'backing-filename-format': 'raw' });
});

test('a resize that is refused or called off leaves the machine as it runs', async () => {
  const spec = makeSpec(host.blankImage, SMALL);
  const { id } = await spawnOn(driver, spec);
  const before = [driver.status(id), (await listNames(files(id).folder)).toSorted(), await recordOf(id)];
  const asked = { id, migration: randomUUID(), ...LARGE, timeoutSeconds: 0 };
  const smaller = { ...asked, disks: usualDisks(0, 16) };
  await expect(driver.orders.resize(smaller, plainOrder())).rejects.toMatchObject({ field: 'disks' });
  const given = new Error('called off');
  const notWanted = { ...plainOrder(), confirm: () => Promise.reject(given) };
  await expect(driver.orders.resize(asked, notWanted)).rejects.toBe(given);
  expect([driver.status(id), (await listNames(files(id).folder)).toSorted(), await recordOf(id)]).toEqual(before);
});

test('a merge that an agent left half-way goes on under the next one', async () => {
  const sizes = { ...SMALL, disks: [] };
  const { id } = await spawnOn(driver, makeSpec(host.blankImage, sizes));
  const migration = randomUUID();
  await driver.orders.resize({ id, migration, ...sizes, rootDiskGib: 2, timeoutSeconds: 0 }, plainOrder());
  await run('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 1500M 64M', join(files(id).folder, 'root.2.qcow2')]);
  await driver.orders.start({ id }, plainOrder());
  let asks = 0;
  const leaves = new Error('the agent leaves');
  // The first question is about the decision, the second comes when all is copied.
  const gone = { ...plainOrder(), confirm: () => (++asks === 2 ? Promise.reject(leaves) : Promise.resolve()) };
  await expect(driver.orders.confirmResize({ id, migration }, gone)).rejects.toBe(leaves);
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.2.qcow2', 'root.qcow2']);
  await driver.close();
  await open();
  expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
  await expect(driver.orders.revertResize({ id, migration }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
  expect(await driver.orders.confirmResize({ id, migration }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
  expect(await disksOf(id)).toEqual(['config-drive.iso', 'root.qcow2']);
  await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  await run('qemu-io', ['-r', '-f', 'qcow2', '-c', 'read -P 9 1500M 64M', join(files(id).folder, 'root.qcow2')]);
});
