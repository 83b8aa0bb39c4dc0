import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hypervisorsOf, processesNaming, type RunningProcess, tpmsOf } from '../process-table.ts';
import type { ImageRow, ServerRow, StoredState } from './stored-state.ts';

export interface Places {
  /** The controller's data folder. */
  dataDir: string;
  /** The agent's; the same on a computer that is controller and host in one. */
  hostDir: string;
  hypervisor: 'qemu' | 'simulated';
}

/** Processes and files against the rows, in both directions. */
export function hostViolations(places: Places, state: StoredState): string[] {
  return [
    ...processViolations(places, state.servers),
    ...machineFileViolations(places, state.servers),
    ...imageFileViolations(join(places.dataDir, 'images'), state.images),
    ...cacheViolations(join(places.hostDir, 'agent', 'image-cache'), state),
  ];
}

/** The ids on the command line of a QEMU: its own machine's is among them. */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** What is run as `cumulet`: from the sources, or from what is built of them. */
const PROGRAM = /cumulet\.(m?js|ts)$/;

/** A server with a machine that is on: the rest has no process. */
function isOn({ vm_state, power_state }: ServerRow): boolean {
  if (vm_state === 'active' || vm_state === 'paused') return true;
  return vm_state === 'error' && (power_state === 'RUNNING' || power_state === 'PAUSED');
}

function processViolations({ dataDir, hostDir, hypervisor }: Places, servers: ServerRow[]): string[] {
  const violations: string[] = [];
  const found = hypervisorsOf(hostDir);
  for (const server of hypervisor === 'qemu' ? servers : []) {
    const pids = found.filter(({ commandLine }) => commandLine.includes(server.id)).map(({ pid }) => pid);
    const wanted = isOn(server) ? 1 : 0;
    if (pids.length !== wanted) {
      const having = pids.length === 0 ? 'no QEMU' : `QEMU ${pids.join(' and ')}`;
      violations.push(`Server ${server.id} is ${server.vm_state} (${server.power_state}) and has ${having}.`);
    }
  }
  for (const { pid, commandLine } of found) {
    if (servers.some(({ id }) => commandLine.includes(id))) continue;
    const id = UUID.exec(commandLine.join(' '))?.[0];
    violations.push(`QEMU ${pid} runs machine ${id}, of which there is no server.`);
  }
  for (const { pid, commandLine } of uplinksOf(hostDir)) {
    // Its last argument is the process whose network it leads outside.
    if (found.some((qemu) => String(qemu.pid) === commandLine.at(-2))) continue;
    violations.push(`pasta ${pid} (${commandLine[0]}) serves no machine that runs.`);
  }
  for (const { pid, machineId } of tpmsOf(hostDir)) {
    if (found.some(({ commandLine }) => commandLine.includes(machineId))) continue;
    violations.push(`swtpm ${pid} serves machine ${machineId}, which does not run.`);
  }
  for (const [role, folder] of [
    ['agent', hostDir],
    ['serve', dataDir],
  ] as const) {
    const running = processesNaming(folder).filter(({ commandLine }) => isCumulet(commandLine, role));
    if (running.length > 1) violations.push(`${running.length} processes run "${role}": ${pidsOf(running)}.`);
  }
  return violations;
}

/** What leads machines outside of their network namespaces. */
function uplinksOf(folder: string): RunningProcess[] {
  return processesNaming(folder).filter(({ commandLine }) => /\/run\/[0-9a-f-]{36}\/pasta$/.test(commandLine[0] ?? ''));
}

function isCumulet(commandLine: string[], role: string): boolean {
  return commandLine.some((argument, index) => PROGRAM.test(argument) && commandLine[index + 1] === role);
}

function pidsOf(processes: RunningProcess[]): string {
  return processes.map(({ pid }) => pid).join(', ');
}

function machineFileViolations({ hostDir, hypervisor }: Places, servers: ServerRow[]): string[] {
  const agentDir = join(hostDir, 'agent');
  const live = new Map(servers.map((server) => [server.id, server]));
  const folders = namesIn(join(agentDir, 'machines'));
  const violations = [
    ...folders.filter((name) => !live.has(name)).map((name) => `The folder machines/${name} is of no server.`),
    ...namesIn(join(agentDir, 'run'))
      .filter((name) => !live.has(name))
      .map((name) => `The sockets in run/${name} are of no server.`),
  ];
  if (hypervisor !== 'qemu') return violations;
  for (const { id, host_id, vm_state, launched_at } of servers) {
    if (launched_at === null || host_id === null || folders.includes(id)) continue;
    violations.push(`Server ${id} is ${vm_state}, and its folder machines/${id} is not there.`);
  }
  return violations;
}

/** Where files are put of which the database knows nothing; there once one was, and empty again when all are settled. */
const UNCLAIMED = 'unclaimed';

function imageFileViolations(folder: string, images: ImageRow[]): string[] {
  const violations: string[] = [];
  const byId = new Map(images.map((image) => [image.id, image]));
  const aside = namesIn(join(folder, UNCLAIMED)).map((name) => `${UNCLAIMED}/${name}`);
  for (const name of [...namesIn(folder).filter((each) => each !== UNCLAIMED), ...aside]) {
    const image = byId.get(name);
    if (!image) violations.push(`The file images/${name} is of no image.`);
    else if (image.status === 'queued') violations.push(`The file images/${name} is of an image that has no bytes.`);
  }
  for (const { id, status, size } of images) {
    if (status !== 'active' && status !== 'deactivated') continue;
    const path = join(folder, id);
    // An image without bytes of its own may be active with size 0.
    const found = existsSync(path) ? statSync(path).size : undefined;
    if (found !== size) violations.push(`Image ${id} has ${size} bytes, and its file ${found ?? 'is not there'}.`);
  }
  return violations;
}

/** What came of an image is kept for the next launch from it (for a day), and goes with the image. */
function cacheViolations(folder: string, { servers, images }: StoredState): string[] {
  const files = namesIn(folder);
  const violations = files
    .filter((name) => name.endsWith('.partial') && !images.some(({ id }) => name.startsWith(id)))
    .map((name) => `The download image-cache/${name} is of no image.`);
  for (const { id, image_id, launched_at, vm_state, host_id } of servers) {
    if (launched_at === null || image_id === null || host_id === null || vm_state === 'error' || files.length === 0)
      continue;
    if (!files.some((name) => name.startsWith(image_id) && !name.endsWith('.partial'))) {
      violations.push(`The disk of server ${id} stands on image ${image_id}, which is not in the host's cache.`);
    }
  }
  return violations;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
