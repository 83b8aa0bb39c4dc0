import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PowerState } from '../../../app/contract/machine.ts';
import { isLong } from '../../../scripts/testing/sitting.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { type MachineFiles, machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { QmpClient } from './qmp-client.ts';
import { runtimeFolderPath } from './runtime-folder.ts';
import { findTpmEmulator, startTpm } from './swtpm.ts';

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;
const PATIENCE = { timeout: 120_000 };

beforeAll(async () => {
  host = await setUpQemu();
});
afterAll(() => host.close());
beforeEach(open);
afterEach(async () => {
  for (const { id } of driver.list()) await driver.orders.destroy({ id }, plainOrder());
  await driver.close();
});

async function open(): Promise<void> {
  driver = host.makeDriver();
  await driver.open();
}

function files(id: string): MachineFiles {
  return machineFiles(join(host.folder, 'machines'), runtimeFolderPath(host.folder, process.getuid?.() ?? 0), id);
}

async function comesTo(id: string, powerState: PowerState, reason: string | null): Promise<void> {
  await expect.poll(() => driver.status(id), PATIENCE).toMatchObject({ powerState, reason });
}

async function logIn(id: string): Promise<GuestSession> {
  const session = new GuestSession(await driver.openConsole(id, 'serial'));
  await session.expect('cumulet-linux ready');
  await session.logIn();
  return session;
}

/**
 * Has the guest begin what nobody then answers: its kernel has no driver for this watchdog, so its registers are written by
 * hand, after Intel's datasheet of the 6300ESB, 5.5. Both of its stages take a quarter of a second.
 */
const UNANSWERED = `
for each in /sys/bus/pci/devices/*; do [ "$(cat $each/device)" = 0x25ab ] && dog=$each; done
read -r base rest <$dog/resource
printf '\\002\\000' | dd of=$dog/config bs=1 seek=4 conv=notrunc 2>/dev/null
unlock() { devmem $((base + 12)) 16 0x80; devmem $((base + 12)) 16 0x86; }
unlock; devmem $base 32 250; unlock; devmem $((base + 4)) 32 250
printf '\\002' | dd of=$dog/config bs=1 seek=104 conv=notrunc 2>/dev/null
`
  .trim()
  .replaceAll('\n', '; ');

test('a screen is seen by SPICE where the card is its own', async () => {
  const specs = ['qxl', 'vga', 'none'].map((model) => {
    return makeSpec(host.guestImage, { hardware: { hw_video_model: model }, ports: [] });
  });
  const consoles = [];
  for (const spec of specs) {
    const { id } = await spawnOn(driver, spec);
    consoles.push((await driver.hardware(id)).consoles);
  }
  expect(consoles).toEqual([['vnc', 'spice', 'serial'], ['vnc', 'serial'], ['serial']]);
  const [qxl = '', vga = ''] = specs.map(({ id }) => id);
  // One client has a connection for each of SPICE's channels.
  for (const stream of [await driver.openConsole(qxl, 'spice'), await driver.openConsole(qxl, 'spice')]) {
    // The head of every message of its beginning, and no capabilities: it answers with its own key.
    const head = Buffer.from('REDQ').toString() + '\u0002\0\0\0\u0002\0\0\0\u0012\0\0\0';
    stream.write(Buffer.from(`${head}\0\0\0\0\u0001\0\0\0\0\0\0\0\0\0\u0012\0\0\0`, 'latin1'));
    const [answer] = await once(stream, 'data');
    expect(String(answer.subarray(0, 4))).toBe('REDQ');
    stream.destroy();
  }
  await expect(driver.openConsole(vga, 'spice')).rejects.toMatchObject({ code: 'conflict' });
  // What is saved says nothing of it.
  await driver.orders.suspend({ id: qxl }, plainOrder());
  expect((await driver.orders.resume({ id: qxl }, plainOrder()))?.powerState).toBe('RUNNING');
  (await driver.openConsole(qxl, 'spice')).destroy();
});

test('the processors, the limits and the watchdog that were asked for', async () => {
  const hardware = {
    ...{ hw_cpu_sockets: '2', hw_cpu_cores: '1', hw_cpu_threads: '1', hw_hide_hypervisor_id: 'true' },
    ...{ hw_watchdog_action: 'poweroff', hw_rng_rate_bytes: '1024', quota_disk_write_bytes_sec: '262144' },
  };
  const { id } = await spawnOn(driver, makeSpec(host.guestImage, { vcpus: 2, hardware, ports: [] }));
  const session = await logIn(id);
  const seen = await session.run('grep "physical id" /proc/cpuinfo; grep -c hypervisor /proc/cpuinfo');
  expect(seen).toMatch(/physical id\s*: 0\r\nphysical id\s*: 1\r\n0\r\n/);
  const fed = await session.run('cat /sys/class/misc/hw_random/rng_current; head -c 16 /dev/hwrng | wc -c');
  expect(fed).toMatch(/virtio_rng\S*\r\n16\r\n/);
  // 768 KiB at 256 KiB a second; one tenth of a second of it goes at once.
  const uptime = "cut -d' ' -f1 /proc/uptime";
  const written = await session.run(`${uptime}; dd if=/dev/zero of=/data/big bs=256k count=3 conv=fsync; ${uptime}`);
  const [before = 0, after = 0] = [...written.matchAll(/\r\n(\d+\.\d+)\r\n/g)].map(([, seconds]) => Number(seconds));
  expect(after - before).toBeGreaterThan(2);

  session.type(`${UNANSWERED}\n`);
  await comesTo(id, 'SHUTDOWN', 'watchdog');
  await expect.poll(() => driver.statistics(), PATIENCE).toEqual([]);
  session.close();
}, 200_000);

/** What its QEMU says it is, while no agent is there. */
async function statusOf(id: string): Promise<unknown> {
  const client = await QmpClient.open(connect(files(id).qmpSocket), () => undefined, {
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  const { status } = (await client.execute('query-status')) as { status: string };
  client.destroy();
  return status;
}

describe.skipIf(!isLong)('a watchdog that is not answered', () => {
  test.each([
    ['reset', 'RUNNING'],
    ['pause', 'PAUSED'],
    ['none', 'RUNNING'],
  ] as const)('%s: the machine is %s', async (action, powerState) => {
    const hardware = { hw_watchdog_action: action };
    const { id } = await spawnOn(driver, makeSpec(host.guestImage, { hardware, ports: [] }));
    const session = await logIn(id);
    session.type(`${UNANSWERED}\n`);
    await comesTo(id, powerState, 'watchdog');
    if (action === 'pause') await driver.orders.unpause({ id }, plainOrder());
    if (action === 'reset') await session.expect('cumulet-linux ready');
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
    session.close();
  });

  test('while no agent is there, it is off once one is', async () => {
    const hardware = { hw_watchdog_action: 'poweroff' };
    const { id } = await spawnOn(driver, makeSpec(host.guestImage, { hardware, ports: [] }));
    const session = await logIn(id);
    await session.run('echo up');
    // Later than the agent needs to go.
    session.type(`sleep 2; ${UNANSWERED}\n`);
    await session.expect('sleep 2');
    session.close();
    await driver.close();
    await expect.poll(() => statusOf(id), PATIENCE).toBe('watchdog');
    await open();
    await comesTo(id, 'SHUTDOWN', 'watchdog');
    expect(await host.findTraces(id)).not.toContainEqual(expect.stringMatching(/^process/));
  });
});

/** Started in the machine's folder. */
async function emulatorsOf(id: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (name.trim() === 'swtpm' && folder.includes(id)) found.push(pid);
  }
  return found;
}

describe.skipIf(!isLong)('a TPM', () => {
  const TPM = { hw_tpm_version: '2.0', hw_tpm_model: 'tpm-crb' };
  const boot = async () => {
    const spec = makeSpec(host.guestImage, { hardware: TPM });
    const { id } = await spawnOn(driver, spec);
    return { id, spec, session: await logIn(id) };
  };
  const read = (session: GuestSession) =>
    session.run('cat /sys/class/tpm/tpm0/tpm_version_major; cat /sys/class/tpm/tpm0/pcr-sha256/0');

  test('is there for its guest, and goes with its QEMU, suspended, killed, adopted and destroyed', async () => {
    expect(await findTpmEmulator()).not.toBeNull();
    const { id, session } = await boot();
    const measured = /\r\n2\r\n([0-9A-F]{64})\r\n/.exec(await read(session))?.[1];
    expect(measured).toMatch(/[1-9A-F]/);
    expect(await emulatorsOf(id)).toHaveLength(1);

    await driver.orders.suspend({ id }, plainOrder());
    await expect.poll(() => emulatorsOf(id)).toEqual([]);
    await driver.orders.resume({ id }, plainOrder());
    expect(await read(session)).toContain(measured);

    await driver.close();
    session.close();
    await open();
    expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
    expect(await emulatorsOf(id)).toHaveLength(1);
    const [pid] = await promisify(execFile)('pgrep', ['-f', `cumulet-${id}`]).then(({ stdout }) => stdout.split('\n'));
    process.kill(Number(pid), 'SIGKILL');
    await comesTo(id, 'SHUTDOWN', 'killed');
    await expect.poll(() => emulatorsOf(id)).toEqual([]);

    // As an agent leaves it that dies between the two processes.
    const { socket } = await startTpm(files(id), { version: '2.0', model: 'tpm-crb' });
    expect(await emulatorsOf(id)).toHaveLength(1);
    await driver.close();
    socket.destroy();
    await open();
    expect(await emulatorsOf(id)).toEqual([]);

    await driver.orders.start({ id }, plainOrder());
    await driver.orders.destroy({ id }, plainOrder());
    expect(await emulatorsOf(id)).toEqual([]);
    expect(await host.findTraces(id)).toEqual([]);
  });

  test('keeps what is in it when the machine is rebuilt, and is what it was when a resize is taken back', async () => {
    const { id, spec, session } = await boot();
    session.close();
    const kept = () => readFile(join(files(id).tpm, 'tpm2-00.permall'));
    await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
    const before = await kept();
    await driver.orders.rebuild({ id, spec, keepsEphemeral: false }, plainOrder());
    expect((await kept()).equals(before)).toBe(true);
    const migration = crypto.randomUUID();
    const { vcpus, memoryMib, rootDiskGib, disks } = spec;
    const sizes = { vcpus, memoryMib: memoryMib + 64, rootDiskGib, disks };
    await driver.orders.resize({ id, migration, ...sizes, hardware: TPM, timeoutSeconds: 0 }, plainOrder());
    await driver.orders.start({ id }, plainOrder());
    await driver.orders.revertResize({ id, migration }, plainOrder());
    expect((await kept()).equals(before)).toBe(true);
    expect(await readdir(files(id).folder)).not.toContain('tpm.before');

    const without = crypto.randomUUID();
    const told = { id, migration: without, ...sizes, hardware: {}, timeoutSeconds: 0 };
    await driver.orders.resize(told, plainOrder());
    expect((await kept()).equals(before)).toBe(true);
    await driver.orders.confirmResize({ id, migration: without }, plainOrder());
    expect(await readdir(files(id).folder)).not.toContain('tpm');
  });
});
