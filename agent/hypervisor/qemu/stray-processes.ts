import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { identifyProcess, killProcess, type ProcessIdentity } from '../../process-identity.ts';
import { REMOVED } from './machine-files.ts';

/** A QEMU of this folder whose machine's own files were all deleted while it ran. */
export interface StrayProcess {
  machineId: string;
  identity: ProcessIdentity;
  /** Paths of the other files it has open: what its disks stand on. */
  needs: string[];
}

/** The kernel's word behind the path of an open file that has no name any more. */
const DELETED = / \(deleted\)$/;

/**
 * `runtimeFolder` holds the sockets of all machines: where a process has its own there, this folder's agent started it.
 * One whose files still have a name is somebody's: its folder was moved, with the data folder or alone. Only Linux tells
 * of open files; elsewhere nothing is found.
 */
export async function findStrayProcesses(runtimeFolder: string): Promise<StrayProcess[]> {
  if (process.platform !== 'linux') return [];
  const strays: StrayProcess[] = [];
  for (const name of await readdir('/proc')) {
    const machineId = /^\d+$/.test(name) ? await machineOf(name, runtimeFolder) : null;
    if (machineId === null) continue;
    const identity = await identifyProcess(Number(name));
    const { own, needs } = await openFilesOf(name, machineId, runtimeFolder);
    if (identity === null || own.length === 0 || own.some(({ isNamed }) => isNamed)) continue;
    strays.push({ machineId, identity, needs });
  }
  return strays;
}

/** Ends that of a machine; none is success. */
export async function endStrayProcess(runtimeFolder: string, machineId: string): Promise<void> {
  for (const stray of await findStrayProcesses(runtimeFolder)) {
    if (stray.machineId === machineId) await killProcess(stray.identity);
  }
}

/** Null of a process that is no QEMU with sockets in that folder. */
async function machineOf(pid: string, runtimeFolder: string): Promise<string | null> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const args = commandLine.split('\0');
  const pidFile = args[args.indexOf('-pidfile') + 1];
  if (!args.includes('-pidfile') || pidFile === undefined) return null;
  const runtime = dirname(pidFile);
  return dirname(runtime) === runtimeFolder ? basename(runtime) : null;
}

async function openFilesOf(pid: string, machineId: string, runtimeFolder: string) {
  const own: { isNamed: boolean }[] = [];
  const needs: string[] = [];
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const link = `/proc/${pid}/fd/${descriptor}`;
    const [info, target] = await Promise.all([stat(link).catch(() => null), readlink(link).catch(() => '')]);
    if (info === null || !info.isFile()) continue;
    const path = target.replace(DELETED, '');
    const folder = dirname(path);
    if (dirname(folder) === runtimeFolder) continue;
    const isOwn = basename(folder) === machineId || basename(folder) === machineId + REMOVED;
    if (isOwn) own.push({ isNamed: info.nlink > 0 });
    else needs.push(path);
  }
  return { own, needs };
}
