import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnexpectedError } from '../../../app/contract/errors.ts';
import { syncFolder } from '../../../app/files/whole-file.ts';
import { errorCode } from '../../disk-full.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';

/** A machine's folder is renamed to this before it is removed, so that half a folder never looks like a machine. */
export const REMOVED = '.removed';

/** Where the files of one machine lie. `runtime` holds the sockets: its path must be short, see `runtime-folder.ts`. */
export interface MachineFiles {
  folder: string;
  /** What it is, `MachineRecord`. */
  record: string;
  /** Its last known state, `StateRecord`. */
  state: string;
  /** UEFI variables. */
  firmwareVariables: string;
  /** Those of before a resize that is not confirmed. */
  firmwareVariablesBefore: string;
  /** Folder with what its TPM keeps, and the same of before a resize that is not confirmed. */
  tpm: string;
  tpmBefore: string;
  /** Saved memory of a suspended machine, and the same while it is being written. */
  memory: string;
  memoryPartial: string;
  serialLog: string;
  /** The end of what was cut off the current one to keep it small; `qemuLogBefore` likewise. */
  serialLogBefore: string;
  qemuLog: string;
  qemuLogBefore: string;
  screenshot: string;
  /** There while the guest's file systems may stand still for a snapshot. */
  frozenMark: string;
  runtime: string;
  qmpSocket: string;
  vncSocket: string;
  /** Of a machine that has SPICE. */
  spiceSocket: string;
  /** Its two ends have `.in` and `.out` behind this name: `serial-pipe.ts`. */
  serialPipe: string;
  /** Instead of the pipe, where there is none. */
  serialSocket: string;
  /** Memory streams through it on suspend and resume. */
  memorySocket: string;
  /** Whoever is connected to it speaks with the guest agent. */
  agentSocket: string;
  pid: string;
}

/** What lies in a machine's runtime folder. */
export type RuntimeFiles = Pick<
  MachineFiles,
  | 'runtime'
  | 'qmpSocket'
  | 'vncSocket'
  | 'spiceSocket'
  | 'serialPipe'
  | 'serialSocket'
  | 'memorySocket'
  | 'agentSocket'
  | 'pid'
>;

export function runtimeFiles(runtime: string): RuntimeFiles {
  return {
    runtime,
    qmpSocket: join(runtime, 'qmp'),
    vncSocket: join(runtime, 'vnc'),
    spiceSocket: join(runtime, 'spc'),
    serialPipe: join(runtime, 'serial'),
    serialSocket: join(runtime, 'ser'),
    memorySocket: join(runtime, 'mem'),
    agentSocket: join(runtime, 'ga'),
    pid: join(runtime, 'pid'),
  };
}

export function machineFiles(machinesFolder: string, runtimeFolder: string, id: string): MachineFiles {
  const folder = join(machinesFolder, id);
  const runtime = join(runtimeFolder, id);
  return {
    folder,
    record: join(folder, 'machine.json'),
    state: join(folder, 'state.json'),
    firmwareVariables: join(folder, 'firmware-variables.fd'),
    firmwareVariablesBefore: join(folder, 'firmware-variables.before.fd'),
    tpm: join(folder, 'tpm'),
    tpmBefore: join(folder, 'tpm.before'),
    memory: join(folder, 'memory.state'),
    memoryPartial: join(folder, 'memory.state.partial'),
    serialLog: join(folder, 'serial.log'),
    serialLogBefore: join(folder, 'serial.log.before'),
    qemuLog: join(folder, 'qemu.log'),
    qemuLogBefore: join(folder, 'qemu.log.before'),
    screenshot: join(folder, 'screenshot.png'),
    frozenMark: join(folder, 'guest-frozen'),
    ...runtimeFiles(runtime),
  };
}

/** Of a disk that has a file of its own. */
export function diskFile({ folder }: MachineFiles, { file }: Pick<MachineDisk, 'file'>): string {
  if (file === null) throw new UnexpectedError('The disk has no file of its own.');
  return join(folder, file);
}

/** The sockets of a process that was started before the data folder was moved lie where no later one looks. */
export async function forgetRuntime(folder: string | null, { runtime }: Pick<MachineFiles, 'runtime'>): Promise<void> {
  if (folder === null || folder === runtime || basename(folder) !== basename(runtime)) return;
  await rm(folder, { recursive: true, force: true });
}

/** All that lies on the disk of a machine whose process has ended. */
export async function removeMachineFiles(files: MachineFiles): Promise<void> {
  const doomed = `${files.folder}${REMOVED}`;
  await rm(doomed, { recursive: true, force: true });
  try {
    await rename(files.folder, doomed);
    await syncFolder(dirname(files.folder));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  await Promise.all([
    rm(doomed, { recursive: true, force: true }),
    rm(files.runtime, { recursive: true, force: true }),
  ]);
}
