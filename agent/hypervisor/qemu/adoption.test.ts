import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findProcessByArgument, isAlive, killProcess, type ProcessIdentity } from '../../process-identity.ts';
import { listNames } from '../../testing/list-names.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;
/** Everything a test started, for one that fails half-way. */
const processes: ProcessIdentity[] = [];
const drivers: QemuDriver[] = [];

beforeAll(async () => {
  host = await setUpQemu();
});

afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
  for (const identity of processes.splice(0)) await killProcess(identity);
});

afterAll(async () => {
  await host.close();
});

async function open(folder: string): Promise<QemuDriver> {
  const driver = host.makeDriver(folder);
  drivers.push(driver);
  await driver.open();
  return driver;
}

const runtimeOf = (folder: string) => runtimeFolderPath(folder, process.getuid?.() ?? 0);
const filesOf = (folder: string, id: string) => machineFiles(join(folder, 'machines'), runtimeOf(folder), id);

async function start(driver: QemuDriver, folder: string): Promise<{ id: string; qemu: ProcessIdentity }> {
  const { id } = await spawnOn(driver, makeSpec(host.blankImage));
  const qemu = await findProcessByArgument(filesOf(folder, id).pid);
  if (qemu === null) throw new Error('the machine has no process');
  processes.push(qemu);
  return { id, qemu };
}

/** Resolves once the machine's reason is that. */
function untilReason(driver: QemuDriver, id: string, reason: string | null): Promise<void> {
  return new Promise((resolve) => {
    const look = (state = driver.status(id)) => {
      if (state?.id === id && state.reason === reason) resolve();
    };
    driver.onChange(look);
    look();
  });
}

test('a frozen QEMU does not keep the others from their agent, answers once it goes on, and ends by force', async () => {
  const folder = join(host.folder, 'frozen');
  const before = await open(folder);
  const [thawed, stopped, destroyed, other] = [
    await start(before, folder),
    await start(before, folder),
    await start(before, folder),
    await start(before, folder),
  ];
  const frozen = [thawed, stopped, destroyed];
  for (const { qemu } of frozen) process.kill(qemu.pid, 'SIGSTOP');
  await before.close();

  const driver = await open(folder);
  expect(await driver.orders.pause({ id: other.id }, plainOrder())).toMatchObject({ powerState: 'PAUSED' });
  for (const { id } of frozen) {
    await untilReason(driver, id, 'unreachable');
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING', message: 'Its QEMU runs but does not answer.' });
  }
  const politely = { graceful: true, timeoutSeconds: 1, force: false };
  await expect(driver.orders.stop({ id: stopped.id, ...politely }, plainOrder())).rejects.toMatchObject({
    code: 'hypervisor_failed',
  });
  expect(await isAlive(stopped.qemu)).toBe(true);
  expect(await driver.orders.stop({ id: stopped.id, ...politely, force: true }, plainOrder())).toMatchObject({
    powerState: 'SHUTDOWN',
  });
  expect(await isAlive(stopped.qemu)).toBe(false);
  expect(await driver.orders.start({ id: stopped.id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
  await driver.orders.destroy({ id: destroyed.id }, plainOrder());
  expect(await isAlive(destroyed.qemu)).toBe(false);

  process.kill(thawed.qemu.pid, 'SIGCONT');
  await untilReason(driver, thawed.id, null);
  expect(await driver.orders.pause({ id: thawed.id }, plainOrder())).toMatchObject({ powerState: 'PAUSED' });
  expect(await isAlive(thawed.qemu)).toBe(true);
  for (const { id } of driver.list()) await driver.orders.destroy({ id: id }, plainOrder());
  expect(await listNames(join(folder, 'machines'))).toEqual([]);
});

test('a QEMU that froze under its agent is forced off', async () => {
  const folder = join(host.folder, 'hung');
  const driver = await open(folder);
  const { id, qemu } = await start(driver, folder);
  process.kill(qemu.pid, 'SIGSTOP');
  const options = { graceful: true, timeoutSeconds: 1, force: true };
  expect(await driver.orders.stop({ id: id, ...options }, plainOrder())).toMatchObject({ powerState: 'SHUTDOWN' });
  expect(await isAlive(qemu)).toBe(false);
  await driver.orders.destroy({ id: id }, plainOrder());
});

test("a copy of the folder beside the original has none of the original's processes", async () => {
  const folder = join(host.folder, 'original');
  const original = await open(folder);
  const { id, qemu } = await start(original, folder);
  const copyFolder = join(host.folder, 'copy');
  await cp(folder, copyFolder, { recursive: true, filter: (path) => !path.startsWith(runtimeOf(folder)) });

  const copy = await open(copyFolder);
  expect(copy.status(id)).toMatchObject({ powerState: 'SHUTDOWN', reason: 'killed' });
  await copy.orders.destroy({ id }, plainOrder());
  expect(await isAlive(qemu)).toBe(true);
  expect(original.status(id)).toMatchObject({ powerState: 'RUNNING' });
  expect(await original.orders.pause({ id }, plainOrder())).toMatchObject({ powerState: 'PAUSED' });
  await original.orders.destroy({ id }, plainOrder());
});

test.each(['short', 'long'.repeat(30)])('a folder that was moved keeps its guests (%s)', async (name) => {
  const folder = join(host.folder, `${name}-before`);
  const before = await open(folder);
  const { id, qemu } = await start(before, folder);
  await before.close();
  const moved = join(host.folder, `${name}-after`);
  await rename(folder, moved);

  const driver = await open(moved);
  expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING', reason: null });
  const screen = await driver.openConsole(id, 'vnc');
  expect(String((await once(screen, 'data'))[0])).toBe('RFB 003.008\n');
  screen.destroy();
  await driver.orders.destroy({ id: id }, plainOrder());
  expect(await isAlive(qemu)).toBe(false);
  for (const runtime of [runtimeOf(folder), runtimeOf(moved)]) {
    expect(await listNames(runtime)).toEqual([]);
    if (!runtime.startsWith(host.folder)) await rm(runtime, { recursive: true, force: true });
  }
});

test('a QEMU whose sockets are gone is kept, and can be forced off', async () => {
  const folder = join(host.folder, 'no-sockets');
  const before = await open(folder);
  const { id, qemu } = await start(before, folder);
  await before.close();
  await rm(runtimeOf(folder), { recursive: true });

  const driver = await open(folder);
  await untilReason(driver, id, 'unreachable');
  expect(await isAlive(qemu)).toBe(true);
  const off = await driver.orders.stop({ id: id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  expect(off).toMatchObject({ powerState: 'SHUTDOWN' });
  expect(await isAlive(qemu)).toBe(false);
  expect(await driver.orders.start({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
  await driver.orders.destroy({ id: id }, plainOrder());
});

test('what is no machine among the machines is kept', async () => {
  const folder = join(host.folder, 'strangers');
  const before = await open(folder);
  const { id } = await start(before, folder);
  await before.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  await before.close();
  const machines = join(folder, 'machines');
  const copied = '99999999-9999-4999-8999-999999999999';
  const empty = '88888888-8888-4888-8888-888888888888';
  await mkdir(join(machines, 'lost+found'));
  await mkdir(join(machines, empty));
  await cp(join(machines, id), join(machines, copied), { recursive: true });
  await cp(join(machines, id), join(machines, `${id}.backup`), { recursive: true });
  await writeFile(join(machines, 'notes.txt'), 'do not lose');
  const there = (await readdir(machines)).sort();

  const driver = await open(folder);
  expect(driver.list().map((machine) => machine.id)).toEqual([id]);
  expect((await readdir(machines)).sort()).toEqual(there);
  expect(await readFile(join(machines, 'notes.txt'), 'utf8')).toBe('do not lose');
  await expect(spawnOn(driver, { ...makeSpec(host.blankImage), id: copied })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect((await readdir(machines)).sort()).toEqual(there);
  await driver.orders.destroy({ id: id }, plainOrder());
});
