import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentMethods } from '../app/contract/agent.methods.ts';
import { hostFactsSchema } from '../app/contract/host.ts';
import { machineOrders } from '../app/contract/machine-orders.ts';
import { once } from '../app/contract/testing/waiting.ts';
import { type RunningAgent, runAgent } from './agent.ts';
import type { SimulatedOptions } from './hypervisor/simulated/simulated-options.ts';
import { FakeController } from './testing/fake-controller.ts';
import { silentLog } from './testing/silent-log.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';
import { makeSpec, PRETENDED_IMAGE } from './testing/test-machine.ts';

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let controller: FakeController;
let agent: RunningAgent | null = null;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  controller = new FakeController(folder.path);
});

afterEach(async () => {
  await agent?.close();
  agent = null;
  await controller.close();
  await folder[Symbol.asyncDispose]();
});

async function startAgent(simulated: SimulatedOptions = {}, hostName = 'here'): Promise<void> {
  const { controllerFile, secretFile } = controller;
  agent = await runAgent({
    dataDir: folder.path,
    hostName,
    hypervisor: 'simulated',
    controllerFile,
    secretFile,
    log: silentLog,
    simulated,
  });
}

async function startBoth(simulated: SimulatedOptions = {}): Promise<void> {
  await controller.open();
  await startAgent(simulated);
  await controller.until(() => controller.reports.length === 1);
}

describe('finding the controller', () => {
  test('reports host and machines after each connection', async () => {
    await startBoth();
    expect(controller.reports[0]).toMatchObject({ host: 'given', machines: [], facts: { accelerator: 'simulated' } });
    const spec = makeSpec(PRETENDED_IMAGE);
    await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 7, spec });
    controller.dropAgent();
    await controller.until(() => controller.reports.length === 2);
    expect(controller.reports[1]?.machines).toMatchObject([{ id: spec.id, generation: 7, powerState: 'RUNNING' }]);
  });

  test('an agent that came first finds a controller that comes later', async () => {
    await startAgent();
    await controller.open();
    await controller.until(() => controller.reports.length === 1);
  });

  test('a controller that comes back elsewhere, with another secret, is found', async () => {
    await startBoth();
    const first = controller;
    await first.close();
    controller = new FakeController(folder.path);
    await controller.open();
    expect(controller.url).not.toBe(first.url);
    await controller.until(() => controller.reports.length === 1);
  });

  test('a secret that is wrong at first is read again', async () => {
    await controller.open();
    await writeFile(controller.secretFile, 'wrong');
    await startAgent();
    await writeFile(controller.secretFile, controller.secret);
    await controller.until(() => controller.reports.length === 1);
  });

  test('machines the controller does not know are kept, and described to it', async () => {
    await startBoth();
    const spec = makeSpec(PRETENDED_IMAGE);
    await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
    controller.unknownMachines = [spec.id];
    controller.dropAgent();
    await controller.until(() => controller.found.length === 2);
    expect(controller.found).toMatchObject([
      [],
      [{ kind: 'machine', spec: { id: spec.id, name: spec.name }, status: { powerState: 'RUNNING', generation: 1 } }],
    ]);
    expect((await controller.call(agentMethods.list, {})).machines).toMatchObject([{ id: spec.id }]);
  });
});

describe('which host it is', () => {
  test('is given at the first connection, and kept under any other name', async () => {
    await startBoth();
    expect(controller.hellos[0]).toMatchObject({ host: '', name: 'here', machines: [] });
    expect(controller.reports[0]).toMatchObject({ host: 'given', facts: { hostname: 'here' } });
    await agent?.close();
    await startAgent({}, 'elsewhere');
    await controller.until(() => controller.reports.length === 2);
    expect(controller.hellos[1]).toMatchObject({ host: 'given' });
    expect(controller.reports[1]).toMatchObject({ host: 'given', facts: { hostname: 'elsewhere' } });
  });
});

describe('calls', () => {
  test("go through a machine's whole life", async () => {
    await startBoth();
    const spec = makeSpec(PRETENDED_IMAGE);
    const { id } = spec;
    const stages: string[] = [];
    const progress = ({ stage }: { stage: string }) => stages.push(stage);
    let generation = 0;
    const next = () => ({ id, generation: ++generation });
    const states = [
      await controller.call(machineOrders.spawn.method, { ...next(), spec }, { progress }),
      await controller.call(machineOrders.pause.method, next()),
      await controller.call(machineOrders.unpause.method, next()),
      await controller.call(machineOrders.suspend.method, next()),
      await controller.call(machineOrders.resume.method, next()),
      await controller.call(machineOrders.reboot.method, { ...next(), type: 'soft', timeoutSeconds: 5 }),
      await controller.call(machineOrders.stop.method, { ...next(), graceful: true, timeoutSeconds: 5, force: false }),
      await controller.call(machineOrders.start.method, next()),
    ];
    expect(states.map((state) => `${state.generation} ${state.powerState}`)).toEqual([
      '1 RUNNING',
      '2 PAUSED',
      '3 RUNNING',
      '4 SUSPENDED',
      '5 RUNNING',
      '6 RUNNING',
      '7 SHUTDOWN',
      '8 RUNNING',
    ]);
    expect([...new Set(stages)]).toEqual(['image', 'disk', 'config-drive', 'network', 'start']);
    await controller.call(agentMethods.rename, { id, name: 'another' });
    expect((await controller.call(agentMethods.consoleLog, { id, lines: 1 })).output).toBe('simulated login: ');
    const { png } = await controller.call(agentMethods.screenshot, { id });
    expect(Buffer.from(png, 'base64').toString('latin1', 1, 4)).toBe('PNG');
    expect(hostFactsSchema.parse(await controller.call(agentMethods.facts, {})).hostname).toBe('here');
    expect(await controller.call(machineOrders.destroy.method, next())).toEqual({});
    expect(await controller.call(machineOrders.destroy.method, next())).toEqual({});
    expect(await controller.call(agentMethods.list, {})).toEqual({ machines: [] });
  });

  test('a method or version nobody knows is said to be that', async () => {
    await startBoth();
    await expect(controller.callRaw('machine.fly', 1, {})).rejects.toMatchObject({ code: 'unknown_method' });
    await expect(controller.callRaw('machine.list', 2, {})).rejects.toMatchObject({
      code: 'unknown_method',
      hint: expect.stringContaining('Update'),
    });
  });

  test('arguments that do not fit are refused with the field at fault', async () => {
    await startBoth();
    const spec = { ...makeSpec(PRETENDED_IMAGE), memoryMib: 'much' };
    await expect(controller.callRaw('machine.spawn', 2, { id: spec.id, generation: 1, spec })).rejects.toMatchObject({
      code: 'bad_request',
      origin: 'user',
      field: 'spec.memoryMib',
    });
    await expect(controller.callRaw('machine.start', 1, { id: '../x', generation: 1 })).rejects.toMatchObject({
      code: 'bad_request',
      field: 'id',
    });
  });

  test('an error crosses as itself', async () => {
    const failure = { verb: 'start', code: 'disk_full', message: 'no room left' } as const;
    await startBoth({ failures: [failure] });
    const spec = makeSpec(PRETENDED_IMAGE);
    await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
    await controller.call(machineOrders.stop.method, {
      id: spec.id,
      generation: 2,
      graceful: false,
      timeoutSeconds: 0,
      force: true,
    });
    await expect(controller.call(machineOrders.start.method, { id: spec.id, generation: 3 })).rejects.toMatchObject({
      code: 'disk_full',
      origin: 'hypervisor',
      message: 'no room left',
      status: 507,
    });
    await expect(
      controller.call(machineOrders.start.method, { id: randomUUID(), generation: 1 }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('can be aborted', async () => {
    await startBoth({ delays: { spawn: 3_600_000 } });
    const spec = makeSpec(PRETENDED_IMAGE);
    const abort = new AbortController();
    const spawn = controller.call(
      machineOrders.spawn.method,
      { id: spec.id, generation: 1, spec },
      { signal: abort.signal, progress: () => abort.abort() },
    );
    await expect(spawn).rejects.toMatchObject({ code: 'aborted' });
  });

  test('an order outlives the connection it came by, and its repeat joins it', async () => {
    await startBoth({ delays: { spawn: 300 } });
    const spec = makeSpec(PRETENDED_IMAGE);
    const order = { id: spec.id, generation: 1, spec };
    const lost = controller.call(machineOrders.spawn.method, order, { progress: () => controller.dropAgent() });
    await expect(lost).rejects.toThrow('the agent is gone');
    await controller.until(() => controller.reports.length === 2);
    expect(await controller.call(machineOrders.spawn.method, order)).toMatchObject({
      powerState: 'RUNNING',
      generation: 1,
    });
  });
});

describe('consoles', () => {
  test("join the controller's stream to the machine, both ways", async () => {
    await startBoth();
    const spec = makeSpec(PRETENDED_IMAGE);
    await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
    const serial = controller.expectStream();
    await controller.call(agentMethods.openConsole, { id: spec.id, type: 'serial', streamId: serial.streamId });
    const stream = await serial.stream;
    let read = '';
    const echoed = (async () => {
      for await (const chunk of stream) {
        read += chunk.toString();
        if (read.endsWith('hello')) return;
      }
    })();
    stream.write('hello');
    await echoed;
    expect(read).toContain('simulated login: hello');
    const vnc = controller.expectStream();
    await controller.call(agentMethods.openConsole, { id: spec.id, type: 'vnc', streamId: vnc.streamId });
    const screen = await vnc.stream;
    expect(String((await once(screen, 'data'))[0])).toBe('RFB 003.008\n');
    screen.destroy();
  });

  test('a stream the controller does not take is an error', async () => {
    await startBoth();
    const spec = makeSpec(PRETENDED_IMAGE);
    await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
    await writeFile(controller.secretFile, 'wrong');
    const open = controller.call(agentMethods.openConsole, { id: spec.id, type: 'serial', streamId: 'x' });
    await expect(open).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('a second agent on the same folder refuses to start', async () => {
  await startAgent();
  const first = agent;
  await expect(startAgent()).rejects.toMatchObject({ code: 'conflict', hint: expect.any(String) });
  agent = first;
});

test('thousands of simulated machines', async () => {
  await startBoth();
  const specs = Array.from({ length: 2000 }, () => makeSpec(PRETENDED_IMAGE));
  await Promise.all(
    specs.map((spec) => controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec })),
  );
  expect((await controller.call(agentMethods.list, {})).machines).toHaveLength(2000);
});
