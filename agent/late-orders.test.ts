import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentMethods } from '../app/contract/agent.methods.ts';
import type { MachineSpec } from '../app/contract/machine.ts';
import { machineOrders } from '../app/contract/machine-orders.ts';
import { machineFiles } from './hypervisor/qemu/machine-files.ts';
import { runtimeFolderPath } from './hypervisor/qemu/runtime-folder.ts';
import { findProcessByArgument, killProcess } from './process-identity.ts';
import { FakeController } from './testing/fake-controller.ts';
import { findTraces, storeBlankImage } from './testing/qemu-under-test.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';
import { makeSpec } from './testing/test-machine.ts';

const entry = fileURLToPath(new URL('./testing/agent-process.entry.ts', import.meta.url));

let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
let controller: FakeController;
let spec: MachineSpec;
let agent: ChildProcess;

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  controller = new FakeController(folder.path);
  await controller.open();
  spec = makeSpec(await storeBlankImage(controller, folder.path));
  const { controllerFile, secretFile } = controller;
  const args = ['--disable-warning=ExperimentalWarning', entry, folder.path, controllerFile, secretFile];
  agent = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  await controller.until(() => controller.reports.length === 1);
});

afterEach(async () => {
  const exited = once(agent, 'exit');
  agent.kill('SIGKILL');
  await exited;
  const left = await findQemu();
  if (left !== null) await killProcess(left);
  await controller.close();
  await folder[Symbol.asyncDispose]();
});

function findQemu() {
  const agentFolder = join(folder.path, 'agent');
  const runtime = runtimeFolderPath(agentFolder, process.getuid?.() ?? 0);
  return findProcessByArgument(machineFiles(join(agentFolder, 'machines'), runtime, spec.id).pid);
}

/** The order reaches a host that is frozen, and is given up before it goes on. */
async function giveUpWhileFrozen(method: { name: string; version: number }, args: Record<string, unknown>) {
  const { generation } = args;
  agent.kill('SIGSTOP');
  const order = controller.callRaw(method.name, method.version, { id: spec.id, ...args });
  const givenUp = expect(order).rejects.toThrow('the agent is gone');
  controller.isWanted = (asked) => asked !== generation;
  controller.dropAgent();
  await givenUp;
  agent.kill('SIGCONT');
  await controller.until(() => controller.reports.length === 2);
}

test.each([
  ['reboot', machineOrders.reboot.method, { generation: 2, type: 'hard', timeoutSeconds: 0 }],
  ['stop', machineOrders.stop.method, { generation: 2, graceful: false, timeoutSeconds: 0, force: true }],
  ['destroy', machineOrders.destroy.method, { generation: 2 }],
] as const)('a %s that was given up while its host was frozen never happens', async (_name, method, args) => {
  await controller.call(machineOrders.spawn.method, { id: spec.id, generation: 1, spec });
  const before = await findQemu();
  await giveUpWhileFrozen(method, args);
  // Orders of a machine follow each other: this one is answered when the other is over.
  await controller.call(machineOrders.pause.method, { id: spec.id, generation: 3 });
  expect(await findQemu()).toEqual(before);
});

test('a launch that was given up while its host was frozen leaves nothing', async () => {
  await giveUpWhileFrozen(machineOrders.spawn.method, { generation: 1, spec });
  expect((await controller.call(agentMethods.list, {})).machines).toEqual([]);
  expect(await controller.call(machineOrders.destroy.method, { id: spec.id, generation: 2 })).toEqual({});
  expect(await findTraces(join(folder.path, 'agent'), spec.id)).toEqual([]);
  expect(controller.imageRanges).toEqual([]);
});
