import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open as openFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BusProgress } from '../../../app/contract/bus.ts';
import { findProcessByArgument, killProcess } from '../../process-identity.ts';
import { localFile, onlyRead, overlay } from '../../storage/block-node.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { listNames } from '../../testing/list-names.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
/** Where the tests write: behind all that the guest has. */
const [AREA, AREA_MIB] = [600, 16];

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;

beforeAll(async () => {
  host = await setUpQemu();
});
afterAll(() => host.close());
beforeEach(async () => {
  driver = host.makeDriver();
  await driver.open();
});
afterEach(async () => {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
});

function files(id: string) {
  return machineFiles(join(host.folder, 'machines'), runtimeFolderPath(host.folder, process.getuid?.() ?? 0), id);
}

async function logIn(id: string): Promise<GuestSession> {
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  await session.logIn();
  return session;
}

/** Takes a snapshot; answers where the controller keeps it. Nothing is left of it in the machine's folder. */
async function snapshot(id: string, onProgress: (progress: BusProgress) => void = () => undefined): Promise<string> {
  const image = randomUUID();
  await driver.orders.snapshot({ id, image }, { ...plainOrder(), progress: onProgress });
  expect(await listNames(files(id).folder)).not.toContain('snapshot.qcow2');
  expect(JSON.parse(await readFile(files(id).record, 'utf8')).otherFiles).toEqual([]);
  const path = host.controller.images.get(image) ?? '';
  const { stdout } = await run('qemu-img', ['info', '--output=json', path]);
  expect(JSON.parse(stdout)).not.toHaveProperty('backing-filename');
  await run('qemu-img', ['check', path]);
  return path;
}

/** The machine's disk, as its hypervisor reads it. */
function diskOf(id: string): string {
  const base = onlyRead(localFile('qcow2', host.controller.images.get(host.guestImage.id) ?? ''));
  return `json:${JSON.stringify(onlyRead(overlay(localFile('qcow2', join(files(id).folder, 'root.qcow2')), base)))}`;
}

async function compare(id: string, path: string): Promise<string> {
  return (await run('qemu-img', ['compare', '-U', diskOf(id), path])).stdout;
}

/** Bytes of a disk image, as a guest reads them. */
async function read(path: string, at: number, length: number): Promise<Buffer> {
  const raw = `${path}.raw`;
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', path, raw]);
  await using file = await openFile(raw, 'r');
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer;
}

test('a snapshot of a running machine is its disk at one moment, whatever the guest writes meanwhile', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.guestImage));
  const session = await logIn(id);
  const fill = (letter: string) =>
    `for i in $(seq ${AREA} ${AREA + AREA_MIB - 1}); do yes ${letter} | head -c ${MIB} | dd of=/dev/vda bs=64k seek=$((i*16)) conv=notrunc,fsync 2>/dev/null; done`;
  await session.run(fill('A'));
  const written = session.run(fill('B'));
  const path = await snapshot(id);
  await written;
  session.close();
  const area = await read(path, AREA * MIB, AREA_MIB * MIB);
  // Written from its beginning on, so that up to some place it is new, and old behind that.
  const letters = Array.from({ length: AREA_MIB }, (_, index) => {
    const part = area.subarray(index * MIB, (index + 1) * MIB);
    const kinds = new Set(part.toString('latin1').replaceAll('\n', ''));
    return kinds.size === 1 ? [...kinds].join('') : 'mixed';
  });
  expect(letters.filter((letter) => letter === 'mixed').length).toBeLessThanOrEqual(1);
  expect(letters.toSorted((one, other) => 'BmixedA'.indexOf(one) - 'BmixedA'.indexOf(other))).toEqual(letters);
});

test('paused, suspended and off it is the disk bit for bit, and small where the disk is empty', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.guestImage));
  const session = await logIn(id);
  await session.run(`dd if=/dev/urandom of=/dev/vda bs=1M seek=${AREA} count=16 conv=notrunc,fsync`);
  session.close();
  const stages = new Map<string, BusProgress>();
  await driver.orders.pause({ id }, plainOrder());
  const paused = await snapshot(id, (progress) => stages.set(progress.stage, progress));
  expect(await compare(id, paused)).toContain('Images are identical');
  expect((await stat(paused)).size).toBeLessThan(300 * MIB);
  for (const stage of ['snapshot', 'upload']) {
    expect(stages.get(stage)).toMatchObject({ unit: 'bytes', done: stages.get(stage)?.total });
  }
  await driver.orders.unpause({ id }, plainOrder());
  await driver.orders.suspend({ id }, plainOrder());
  expect(await compare(id, await snapshot(id))).toContain('Images are identical');
  await driver.orders.resume({ id }, plainOrder());
  await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  expect(await compare(id, await snapshot(id))).toContain('Images are identical');
});

test('a guest that goes off meanwhile is copied as it left its disk', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.guestImage));
  let isKilled = false;
  const path = await snapshot(id, ({ stage }) => {
    if (stage !== 'snapshot' || isKilled) return;
    isKilled = true;
    findProcessByArgument(files(id).pid).then((found) => found && killProcess(found));
  });
  expect(isKilled).toBe(true);
  await expect.poll(() => driver.status(id)?.powerState).toBe('SHUTDOWN');
  expect(await compare(id, path)).toContain('Images are identical');
});

test('what a guest writes at the beginning of its disk is not taken for the head of another', async () => {
  const secret = join(host.folder, 'secret');
  await writeFile(secret, 'not for guests');
  const { id } = await spawnOn(driver, makeSpec(host.guestImage));
  const session = await logIn(id);
  // A file system writes what it has kept back when its time has come, and that it goes on when it was brought to rest.
  expect(await session.run("umount /data || echo BU''SY")).not.toContain('BUSY');
  const head = join(host.folder, 'head.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', secret, head, '1M']);
  const bytes = (await readFile(head)).subarray(0, 512);
  const octal = [...bytes].map((byte) => `\\0${byte.toString(8)}`).join('');
  // A serial line takes only so much at once.
  for (const part of octal.match(/(?:\\0[0-7]+){1,64}/g) ?? []) await session.run(`printf '%b' '${part}' >> /tmp/head`);
  await session.run('dd if=/tmp/head of=/dev/vda conv=notrunc,fsync');
  session.close();
  const running = await snapshot(id);
  await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
  for (const path of [running, await snapshot(id)]) {
    expect(await read(path, 0, 512)).toEqual(bytes);
    expect(await compare(id, path)).toContain('Images are identical');
  }
});

test('called off in the middle it leaves nothing, and the machine goes on', async () => {
  const { id } = await spawnOn(driver, makeSpec(host.guestImage));
  const [before, reason] = [await listNames(files(id).folder), new Error('called off')];
  for (const at of ['snapshot', 'upload']) {
    const [image, abort] = [randomUUID(), new AbortController()];
    const progress = ({ stage }: BusProgress) => stage === at && abort.abort(reason);
    await expect(
      driver.orders.snapshot({ id, image }, { ...plainOrder(), signal: abort.signal, progress }),
    ).rejects.toBe(reason);
    expect(await host.controller.sentImage(image)).toBeNull();
    expect(new Set(await listNames(files(id).folder))).toEqual(new Set(before));
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING', reason: null });
  }
  await snapshot(id);
});
