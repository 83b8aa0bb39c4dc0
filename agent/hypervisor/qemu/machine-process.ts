import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  findProcessByArgument,
  identifyProcess,
  isAlive,
  killProcess,
  type ProcessIdentity,
} from '../../process-identity.ts';
import type { MachineFiles } from './machine-files.ts';
import type { StateRecord } from './machine-record.ts';
import { endTpm } from './swtpm.ts';

/** The QEMU that holds a machine's files open. */
export interface MachineProcess {
  identity: ProcessIdentity;
  /** Where its sockets were when it was started: elsewhere, after the data folder was moved. Null where not known. */
  runtime: string | null;
}

/**
 * Which QEMU holds which file open, all looked at once. A machine's process is the one that has the machine's own files
 * open, by device and inode: a pid with its start time is also in a copy of the data folder, whose machines have other
 * files, and a path is another after the folder was moved. Only Linux tells of open files; elsewhere pid and start time
 * must do.
 */
export class OpenFiles {
  readonly #holders: ReadonlyMap<string, MachineProcess> | null;

  constructor(holders: ReadonlyMap<string, MachineProcess> | null) {
    this.#holders = holders;
  }

  static async scan(): Promise<OpenFiles> {
    if (process.platform !== 'linux') return new OpenFiles(null);
    const holders = new Map<string, MachineProcess>();
    for (const name of await readdir('/proc')) if (/^\d+$/.test(name)) await addFilesOf(Number(name), holders);
    return new OpenFiles(holders);
  }

  /** Null when no process has a file of the machine open. */
  async holderOf(files: MachineFiles, record: StateRecord | null): Promise<MachineProcess | null> {
    if (this.#holders === null) return await recordedProcess(files, record);
    for (const name of await readdir(files.folder)) {
      const key = await keyOf(join(files.folder, name));
      const holder = key === null ? undefined : this.#holders.get(key);
      if (holder !== undefined && (await isAlive(holder.identity))) return holder;
    }
    return null;
  }
}

/** Ends whatever QEMU still has files of the machine open, and what emulates its TPM. */
export async function endHolder(files: MachineFiles): Promise<void> {
  const holder = await (await OpenFiles.scan()).holderOf(files, null);
  if (holder !== null) await killProcess(holder.identity);
  await endTpm(files);
}

async function addFilesOf(pid: number, holders: Map<string, MachineProcess>): Promise<void> {
  try {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    if (!args.some((arg) => arg.includes('qemu'))) return;
    const identity = await identifyProcess(pid);
    if (identity === null) return;
    const pidFile = args[args.indexOf('-pidfile') + 1];
    const runtime = args.includes('-pidfile') && pidFile !== undefined ? dirname(pidFile) : null;
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      const key = await keyOf(`/proc/${pid}/fd/${descriptor}`);
      if (key !== null) holders.set(key, { identity, runtime });
    }
  } catch {
    // Gone since the folder was read, or another user's.
  }
}

/** Device and inode of a file; null of what is none, such as a socket, or is not there. */
async function keyOf(path: string): Promise<string | null> {
  try {
    const info = await stat(path, { bigint: true });
    return info.isFile() ? `${info.dev}:${info.ino}` : null;
  } catch {
    return null;
  }
}

async function recordedProcess(files: MachineFiles, record: StateRecord | null): Promise<MachineProcess | null> {
  const known = record?.process ?? null;
  if (known !== null && (await isAlive(known))) return { identity: known, runtime: null };
  const found = await findProcessByArgument(files.pid);
  return found === null ? null : { identity: found, runtime: null };
}
