import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { QemuDriver } from '../../hypervisor/qemu/qemu.driver.ts';
import { findProcessByArgument, identifyProcess, killProcess } from '../../process-identity.ts';
import { askMetadata, setUpQemu } from '../../testing/qemu-under-test.ts';
import { silentLog } from '../../testing/silent-log.ts';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { lifelineFile, MAX_OPEN } from './enclosure.ts';
import { parseHostAddresses } from './host-addresses.ts';
import { findIsolationPrograms } from './isolation-programs.ts';
import { type IsolationProof, NetworkIsolation } from './network-isolation.ts';
import { findPastaProcesses, PastaFailed, startPasta } from './pasta.ts';
import { firstResolver } from './resolver.ts';

test("the host's addresses, as the kernel routes them", () => {
  const routes = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
Local:
     |-- 127.0.0.0
        /8 host LOCAL
     |-- 192.0.2.2
        /32 host LOCAL
        /32 link UNICAST
     |-- 192.0.2.255
        /32 link BROADCAST
     |-- 203.0.113.0
        /24 host LOCAL
`;
  expect(parseHostAddresses(routes)).toEqual(['127.0.0.0/8', '192.0.2.2', '192.0.2.255', '203.0.113.0/24']);
});

test('the resolver QEMU asks is the first that speaks IPv4', () => {
  expect(
    firstResolver('search x\n# nameserver 1.1.1.1\nnameserver ::1\n nameserver\t127.0.0.53\nnameserver 9.9.9.9'),
  ).toBe('127.0.0.53');
  expect(firstResolver('')).toBeNull();
});

test('a port of the host that is taken says so, in words a launch tries again for', async () => {
  await using folder = await makeTemporaryFolder();
  // Named as a machine's process is: agents end what leads nothing outside.
  const program = ['sh', '-c', 'cat; exit', basename(folder.path)];
  const target = spawn('unshare', ['--user', '--map-root-user', '--net', ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const bound = taken.address();
  const hostPort = typeof bound === 'object' && bound !== null ? bound.port : 0;
  try {
    // Its echo says that it is in its namespace.
    target.stdin.write('x');
    await once(target.stdout, 'data');
    const { programs } = await findIsolationPrograms();
    if (programs === null) throw new Error('programs are missing');
    const starting = startPasta(programs, {
      target: target.pid ?? 0,
      forwards: [{ hostAddress: '127.0.0.1', hostPort, guestPort: 22 }],
      runtimeFolder: folder.path,
      signal: new AbortController().signal,
    });
    await expect(starting).rejects.toSatisfy(
      (error) => error instanceof PastaFailed && /Failed to bind/.test(error.message),
    );
  } finally {
    target.kill('SIGKILL');
    taken.close();
  }
});

describe('the process that leads a machine outside', () => {
  let host: Awaited<ReturnType<typeof setUpQemu>>;
  let driver: QemuDriver;
  let spec: MachineSpec;

  beforeAll(async () => {
    host = await setUpQemu();
  });

  afterEach(async () => {
    await driver.orders.destroy({ id: spec.id }, plainOrder());
    await driver.close();
    expect(await host.findTraces(spec.id)).toEqual([]);
  });

  afterAll(() => host.close());

  async function openDriver(isolation?: NetworkIsolation): Promise<void> {
    driver = host.makeDriver(undefined, isolation);
    await driver.open();
  }

  async function launch(isolation?: NetworkIsolation): Promise<void> {
    await openDriver(isolation);
    spec = makeSpec(host.blankImage);
    await spawnOn(driver, spec);
  }

  async function pastaPids(): Promise<number[]> {
    const all = await findPastaProcesses();
    return all.filter(({ machineId }) => machineId === spec.id).map(({ identity }) => identity.pid);
  }

  /** As a crash of the agent leaves it: processes run on that nobody looks after. */
  async function restartAgent(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    await driver.close();
    await meanwhile();
    await openDriver();
  }

  async function kill(pids: readonly number[]): Promise<void> {
    const all = await findPastaProcesses();
    for (const { identity } of all.filter(({ identity }) => pids.includes(identity.pid))) await killProcess(identity);
  }

  test('is there while the machine runs, under the next agent too, and gone when it is off', async () => {
    await launch();
    const [pid] = await pastaPids();
    expect(pid).toBeGreaterThan(1);
    await restartAgent();
    expect(driver.status(spec.id)?.powerState).toBe('RUNNING');
    expect(await pastaPids()).toEqual([pid]);
    await driver.orders.stop({ id: spec.id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
    expect(await pastaPids()).toEqual([]);
    await driver.orders.start({ id: spec.id }, plainOrder());
    expect(await pastaPids()).toHaveLength(1);
  });

  test('has more room for sockets than the machine, so that the way in stays open', async () => {
    await launch();
    const [pasta] = (await findPastaProcesses()).filter(({ machineId }) => machineId === spec.id);
    const most = async (pid = 0) =>
      Number(/^Max open files +\d+ +(\d+)/m.exec(await readFile(`/proc/${pid}/limits`, 'utf8'))?.[1]);
    expect(await most(pasta?.target)).toBe(MAX_OPEN);
    expect(await most(pasta?.identity.pid)).toBe(2 * MAX_OPEN);
  });

  test('is gone for the next agent where the machine ended while there was none', async () => {
    await launch();
    const [pasta] = (await findPastaProcesses()).filter(({ machineId }) => machineId === spec.id);
    const qemu = await identifyProcess(pasta?.target ?? 0);
    if (qemu === null) throw new Error('the machine has no process');
    await restartAgent(() => killProcess(qemu));
    expect(driver.status(spec.id)).toMatchObject({ powerState: 'SHUTDOWN', reason: 'killed' });
    expect(await pastaPids()).toEqual([]);
  });

  test('is gone with the next agent of any folder where the machine and what waits for its end were killed', async () => {
    await launch();
    const [pasta] = (await findPastaProcesses()).filter(({ machineId }) => machineId === spec.id);
    const qemu = await identifyProcess(pasta?.target ?? 0);
    const watcher = await findProcessByArgument(lifelineFile(pasta?.runtimeFolder ?? ''));
    if (qemu === null || watcher === null) throw new Error('the machine or what waits for its end has no process');
    await restartAgent(async () => {
      await killProcess(watcher);
      await killProcess(qemu);
      // Any agent of this computer ends it, also that of a test beside this one, which may be the first.
      await using elsewhere = await makeTemporaryFolder();
      const other = host.makeDriver(elsewhere.path);
      await other.open();
      await other.close();
      expect(await pastaPids()).toEqual([]);
    });
  });

  test('is started anew by the next agent where it ended and the machine did not', async () => {
    await launch();
    const before = await pastaPids();
    await restartAgent(() => kill(before));
    expect(driver.status(spec.id)?.powerState).toBe('RUNNING');
    const after = await pastaPids();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });

  test('is not forced on a machine that was started without', async () => {
    class Refused extends NetworkIsolation {
      override prove(): Promise<IsolationProof> {
        return Promise.resolve({ reason: 'forbidden here', metadataReason: 'forbidden here', missing: [] });
      }
    }
    await launch(new Refused({ folder: host.folder, log: silentLog, askMetadata }));
    expect((await driver.facts()).capabilities).not.toContain('network:isolated');
    expect((await driver.facts()).preflight).toContainEqual({
      id: 'network',
      state: 'warning',
      fact: expect.stringContaining('can reach every service of this host'),
      hint: expect.stringContaining('forbidden here'),
      fixCommand: null,
    });
    await restartAgent();
    expect((await driver.facts()).capabilities).toContain('network:isolated');
    expect(driver.status(spec.id)?.powerState).toBe('RUNNING');
    expect(await pastaPids()).toEqual([]);
    await driver.orders.reboot({ id: spec.id, type: 'hard', timeoutSeconds: 0 }, plainOrder());
    expect(await pastaPids()).toHaveLength(1);
  });
});
