import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentMethods } from '../app/contract/agent.methods.ts';
import type { MachineImage, MachinePort, MachineSpec } from '../app/contract/machine.ts';
import { machineOrders } from '../app/contract/machine-orders.ts';
import { once } from '../app/contract/testing/waiting.ts';
import { casesOf } from '../scripts/testing/sitting.ts';
import { FAIL_POINTS, type FailPoint } from './fail-point.ts';
import { machineFiles } from './hypervisor/qemu/machine-files.ts';
import { runtimeFolderPath } from './hypervisor/qemu/runtime-folder.ts';
import { lifelineFile } from './network/isolation/enclosure.ts';
import type { HelperProcess } from './network/isolation/helper-process.ts';
import { findPastaProcesses } from './network/isolation/pasta.ts';
import { findProcessByArgument, killProcess, waitUntilGone } from './process-identity.ts';
import { FakeController } from './testing/fake-controller.ts';
import { listNames } from './testing/list-names.ts';
import { findTraces, storeBlankImage } from './testing/qemu-under-test.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';
import { makeSpec } from './testing/test-machine.ts';

const entry = fileURLToPath(new URL('./testing/agent-process.entry.ts', import.meta.url));

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let controller: FakeController;
let image: MachineImage;
let spec: MachineSpec;
let agent: ChildProcess | null = null;
let exited: Promise<unknown> = Promise.resolve();

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  controller = new FakeController(folder.path);
  await controller.open();
  image = await storeBlankImage(controller, folder.path);
  spec = makeSpec(image);
});

afterEach(async () => {
  agent?.kill('SIGKILL');
  await exited;
  // Only where a test failed half-way is there anything left to kill.
  await killQemu();
  await controller.close();
  await folder[Symbol.asyncDispose]();
});

function agentFolder(): string {
  return join(folder.path, 'agent');
}

function files() {
  const runtime = runtimeFolderPath(agentFolder(), process.getuid?.() ?? 0);
  return machineFiles(join(agentFolder(), 'machines'), runtime, spec.id);
}

/** As the system does when memory runs out. */
async function killQemu(): Promise<void> {
  const found = await findProcessByArgument(files().pid);
  if (found !== null) await killProcess(found);
}

/** What leads the machine outside. */
async function findPasta(): Promise<HelperProcess[]> {
  return (await findPastaProcesses()).filter(({ machineId }) => machineId === spec.id);
}

function traces(): Promise<string[]> {
  return findTraces(agentFolder(), spec.id);
}

/** Starts an agent that will kill itself at the fail point, if one is named, and waits until it has reported. */
async function startAgent(point: FailPoint | null): Promise<void> {
  const reports = controller.reports.length;
  const environment = { ...process.env, ...(point !== null && { CUMULET_FAILPOINT: point }) };
  const args = [
    '--disable-warning=ExperimentalWarning',
    entry,
    folder.path,
    controller.controllerFile,
    controller.secretFile,
  ];
  agent = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env: environment, detached: true });
  exited = once(agent, 'exit', 150);
  await controller.until(() => controller.reports.length > reports);
}

/** Gives an order during which the agent dies. */
async function expectDeath(order: Promise<unknown>): Promise<void> {
  await Promise.all([expect(order).rejects.toThrow('the agent is gone'), exited]);
  expect(agent?.signalCode).toBe('SIGKILL');
}

function spawnMachine() {
  return controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
}

function listed() {
  return controller.reports.at(-1)?.machines ?? [];
}

const named = (prefix: string) => FAIL_POINTS.filter((point) => point.startsWith(prefix));

describe.each(named('agent.spawn.'))('an agent killed at %s', (point) => {
  test('makes the machine when the order is repeated, and then removes it without a trace', async () => {
    await startAgent(point);
    await expectDeath(spawnMachine());
    await startAgent(null);
    expect(listed().length).toBeLessThanOrEqual(1);
    expect(await spawnMachine()).toMatchObject({ id: spec.id, generation: 1, powerState: 'RUNNING', reason: null });
    expect((await controller.call(agentMethods.list, {})).machines).toHaveLength(1);
    expect(await findProcessByArgument(files().pid)).not.toBeNull();
    expect(await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 })).toEqual({});
    expect(await traces()).toEqual([]);
  });

  test('leaves nothing when the machine is given up instead', async () => {
    await startAgent(point);
    await expectDeath(spawnMachine());
    await startAgent(null);
    expect(await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 })).toEqual({});
    expect(await traces()).toEqual([]);
    await expect(spawnMachine()).rejects.toMatchObject({ code: 'stale_generation' });
  });
});

describe.each(named('agent.destroy.'))('an agent killed at %s', (point) => {
  test('removes the machine when the order is repeated', async () => {
    await startAgent(point);
    await spawnMachine();
    const destroy = () => controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 });
    await expectDeath(destroy());
    await startAgent(null);
    expect(await destroy()).toEqual({});
    expect(await traces()).toEqual([]);
    expect((await controller.call(agentMethods.list, {})).machines).toEqual([]);
  });
});

describe.each(named('agent.snapshot.'))('an agent killed at %s', (point) => {
  test('makes the snapshot when the order is repeated, of a guest that has gone on; nothing is left of either', async () => {
    const imageId = randomUUID();
    await startAgent(point);
    await spawnMachine();
    const before = await listNames(files().folder);
    const snapshot = () =>
      controller.call(machineOrders.snapshot.method, { id: spec.id, generation: 2, image: imageId });
    await expectDeath(snapshot());
    await startAgent(null);
    expect(listed()).toMatchObject([{ powerState: 'RUNNING' }]);
    expect(await listNames(files().folder)).not.toContain('snapshot.qcow2');
    expect(await snapshot()).toMatchObject({ powerState: 'RUNNING', generation: 2 });
    expect((await controller.sentImage(imageId))?.toString('latin1', 0, 4)).toBe('QFI\xfb');
    expect(new Set(await listNames(files().folder))).toEqual(new Set(before));
    // A second one finds QEMU as the first did.
    await controller.call(machineOrders.snapshot.method, { id: spec.id, generation: 3, image: randomUUID() });
    await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 4 });
    expect(await traces()).toEqual([]);
  });
});

const FIRST_RESIZE = '11111111-1111-4111-8111-111111111111';
const toResize = () => {
  const { vcpus, memoryMib, disks, rootDiskGib } = spec;
  return { migration: FIRST_RESIZE, vcpus, memoryMib, disks, rootDiskGib: rootDiskGib + 1 };
};

/** What replaces a machine's disks, each as it is given to a machine that is ready for it. */
const REPLACEMENTS = {
  rebuild: (generation: number) => {
    const order = { id: spec.id, generation, spec, keepsEphemeral: false };
    return controller.call(machineOrders.rebuild.method, order);
  },
  rescue: (generation: number) => {
    const rescue = { image, device: 'disk', bus: null, isStable: false, configDrive: {} } as const;
    return controller.call(machineOrders.rescue.method, { id: spec.id, generation, rescue });
  },
  unrescue: (generation: number) => controller.call(machineOrders.unrescue.method, { id: spec.id, generation }),
  resize: (generation: number) =>
    controller.call(machineOrders.resize.method, { id: spec.id, generation, ...toResize(), timeoutSeconds: 0 }),
  revertResize: (generation: number) => {
    const order = { id: spec.id, generation, migration: FIRST_RESIZE };
    return controller.call(machineOrders.revertResize.method, order);
  },
};
/** What a machine goes through before that. */
const BEFORE: Partial<Record<keyof typeof REPLACEMENTS, keyof typeof REPLACEMENTS>> = {
  unrescue: 'rescue',
  revertResize: 'resize',
};

/** The files of disks that its record names, and those that are there. */
async function diskFiles(): Promise<{ named: string[]; there: string[] }> {
  const { devices, own, resize } = JSON.parse(await readFile(files().record, 'utf8'));
  const aside = [...(own?.disks ?? []), ...(resize?.before?.devices.disks ?? [])];
  const disks: { file: string | null; over?: string }[] = [...devices.disks, ...aside];
  const there = (await readdir(files().folder)).filter((name) => /\.(qcow2|raw|iso)$/.test(name));
  const named = disks.flatMap(({ file, over }) => [file ?? [], over ?? []].flat());
  return { named: [...new Set(named)].sort(), there: there.sort() };
}

describe.each(Object.keys(REPLACEMENTS) as (keyof typeof REPLACEMENTS)[])('an agent killed in a %s', (verb) => {
  // The steps are the same of all of them: the gate looks at each once.
  const inGate = (point: FailPoint) => verb === 'rebuild' || point === 'agent.replace.noted';
  test.each(casesOf(named('agent.replace.'), inGate))(
    'at %s: the order repeated completes it, and nothing is left',
    async (point) => {
      await startAgent(null);
      await spawnMachine();
      const before = BEFORE[verb];
      if (before) await REPLACEMENTS[before](2);
      agent?.kill('SIGKILL');
      await exited;
      await startAgent(point);
      await expectDeath(REPLACEMENTS[verb](3));
      await startAgent(null);
      expect(listed()).toMatchObject([{ id: spec.id, generation: 3 }]);
      // Whole at any moment, and what is not its own is gone with the next agent.
      const after = await diskFiles();
      expect(after.there).toEqual(after.named);
      const powerState = verb.endsWith('rescue') ? 'RUNNING' : 'SHUTDOWN';
      expect(await REPLACEMENTS[verb](3)).toMatchObject({ id: spec.id, generation: 3, powerState, reason: null });
      expect((await diskFiles()).there).toEqual((await diskFiles()).named);
      const start = { id: spec.id, generation: 4 };
      expect(await controller.call(machineOrders.start.method, start)).toMatchObject({ powerState: 'RUNNING' });
      await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 5 });
      expect(await traces()).toEqual([]);
    },
  );
});

describe.each(['running', 'off'])('an agent killed while a resize is confirmed of a machine that is %s', (power) => {
  test.each(named('agent.confirm_resize.'))('at %s: the order repeated completes it', async (point) => {
    await startAgent(null);
    await spawnMachine();
    await REPLACEMENTS.resize(2);
    if (power === 'running') await controller.call(machineOrders.start.method, { id: spec.id, generation: 3 });
    agent?.kill('SIGKILL');
    await exited;
    await startAgent(point);
    const order = { id: spec.id, generation: 4, migration: FIRST_RESIZE };
    const confirm = () => controller.call(machineOrders.confirmResize.method, order);
    await expectDeath(confirm());
    await startAgent(null);
    const powerState = power === 'running' ? 'RUNNING' : 'SHUTDOWN';
    expect(listed()).toMatchObject([{ id: spec.id, powerState, reason: null }]);
    expect((await diskFiles()).there).toEqual((await diskFiles()).named);
    expect(await confirm()).toMatchObject({ id: spec.id, generation: 4, powerState, reason: null });
    expect((await diskFiles()).there).toEqual(['config-drive.iso', 'root.qcow2']);
    const start = { id: spec.id, generation: 5 };
    expect(await controller.call(machineOrders.start.method, start)).toMatchObject({ powerState: 'RUNNING' });
    await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 6 });
    expect(await traces()).toEqual([]);
  });
});

const secondPort = () => ({ ...makeSpec(image).ports[0], id: SECOND_PORT, mac: '52:54:00:12:34:57' }) as MachinePort;
const SECOND_PORT = '22222222-2222-4222-8222-222222222222';

describe('an agent killed while a card comes or goes', () => {
  const points = [...named('agent.plug_nic.'), ...named('agent.unplug_nic.')];
  const inGate = (point: FailPoint) => point === 'agent.plug_nic.plugged';
  test.each(casesOf(points, inGate))(
    'at %s: the order repeated completes it, and it starts with its cards',
    async (point) => {
      await startAgent(point);
      const isPlug = point.startsWith('agent.plug_nic.');
      if (!isPlug) spec = { ...spec, ports: [...spec.ports, secondPort()] };
      await spawnMachine();
      // So that nobody waits for its guest, which knows nothing of cards.
      await controller.call(machineOrders.pause.method, { id: spec.id, generation: 2 });
      const about = { id: spec.id, generation: 3 };
      const order = () =>
        isPlug
          ? controller.call(machineOrders.plugNic.method, { ...about, port: secondPort() })
          : controller.call(machineOrders.unplugNic.method, { ...about, port: SECOND_PORT });
      await expectDeath(order());
      await startAgent(null);
      const [first] = spec.ports;
      const second = { port: SECOND_PORT, pending: isPlug ? null : 'unplug' };
      expect(await order()).toMatchObject({ powerState: 'PAUSED', nics: [{ port: first?.id, pending: null }, second] });
      await controller.call(machineOrders.suspend.method, { id: spec.id, generation: 4 });
      expect(await controller.call(machineOrders.resume.method, { id: spec.id, generation: 5 })).toMatchObject({
        nics: [{ pending: null }, second],
      });
      const restart = { id: spec.id, generation: 6, type: 'hard' as const, timeoutSeconds: 0 };
      const { nics } = await controller.call(machineOrders.reboot.method, restart);
      expect(nics?.map(({ port }) => port)).toEqual(isPlug ? [first?.id, SECOND_PORT] : [first?.id]);
      await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 7 });
      expect(await traces()).toEqual([]);
    },
  );
});

test('an agent killed when the memory is saved: the machine is suspended, and resumes', async () => {
  await startAgent('agent.suspend.saved');
  await spawnMachine();
  const suspend = () => controller.call(machineOrders.suspend.method, { id: spec.id, generation: 2 });
  await expectDeath(suspend());
  await startAgent(null);
  expect(listed()).toMatchObject([{ powerState: 'SUSPENDED', generation: 2 }]);
  expect(await suspend()).toMatchObject({ powerState: 'SUSPENDED' });
  expect(await findProcessByArgument(files().pid)).toBeNull();
  expect(await controller.call(machineOrders.resume.method, { id: spec.id, generation: 3 })).toMatchObject({
    powerState: 'RUNNING',
  });
  await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 4 });
  expect(await traces()).toEqual([]);
});

test('an agent killed when the memory is loaded: the order repeated lets the guest go on', async () => {
  await startAgent('agent.resume.loaded');
  await spawnMachine();
  await controller.call(machineOrders.suspend.method, { id: spec.id, generation: 2 });
  const resume = () => controller.call(machineOrders.resume.method, { id: spec.id, generation: 3 });
  await expectDeath(resume());
  await startAgent(null);
  expect(await resume()).toMatchObject({ powerState: 'RUNNING', generation: 3 });
  await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 4 });
  expect(await traces()).toEqual([]);
});

test.each(['agent.spawn.launched', 'agent.spawn.started'] as const)(
  'an agent killed at %s, and then the hypervisor: nothing leads a machine outside that is not there',
  async (point) => {
    await startAgent(point);
    await expectDeath(spawnMachine());
    const pasta = await findPasta();
    expect(pasta).toHaveLength(point === 'agent.spawn.started' ? 1 : 0);
    await killQemu();
    // No agent is there to do it.
    for (const { identity } of pasta) await waitUntilGone(identity);
    expect(await findPasta()).toEqual([]);
  },
);

test('what still leads a machine outside is ended by the next agent, also where nothing is known of the machine', async () => {
  await startAgent('agent.spawn.started');
  await expectDeath(spawnMachine());
  const [pasta] = await findPasta();
  const watcher = await findProcessByArgument(lifelineFile(files().runtime));
  if (watcher === null) throw new Error('nobody waits for the end of the machine');
  await killProcess(watcher);
  await killQemu();
  expect(await findPasta()).toEqual([pasta]);
  await rm(files().folder, { recursive: true });
  await startAgent(null);
  expect(await findPasta()).toEqual([]);
});

test("a machine outlives its agent, and Ctrl-C in the agent's terminal", async () => {
  await startAgent(null);
  await spawnMachine();
  const before = await findProcessByArgument(files().pid);
  // A terminal sends SIGINT to the whole process group; QEMU must not be in it.
  process.kill(-(agent?.pid ?? 0), 'SIGINT');
  await exited;
  await startAgent(null);
  expect(listed()).toMatchObject([{ id: spec.id, powerState: 'RUNNING', generation: 1 }]);
  expect(await findProcessByArgument(files().pid)).toEqual(before);
  await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 });
  expect(await traces()).toEqual([]);
});

test('a record nobody can read keeps one machine from its agent, not the others, and can still be destroyed', async () => {
  await startAgent(null);
  await spawnMachine();
  const other = makeSpec(image);
  await controller.call(machineOrders.spawn.method, { id: other.id, generation: 1, spec: other });
  agent?.kill('SIGKILL');
  await exited;
  await writeFile(files().record, '{"version":1');
  await startAgent(null);
  expect(listed()).toMatchObject([{ id: other.id, powerState: 'RUNNING' }]);
  await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 });
  expect(await traces()).toEqual([]);
  await controller.call(machineOrders.destroy.method, { id: other.id, generation: 2 });
  expect(await findTraces(agentFolder(), other.id)).toEqual([]);
});
