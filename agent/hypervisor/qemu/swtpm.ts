import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { Socket } from 'node:net';
import { OperationalError } from '../../../app/contract/errors.ts';
import { exists } from '../../file-exists.ts';
import { findExecutable, linuxInstallCommand } from '../../host-programs.ts';
import { identifyProcess, killProcess, type ProcessIdentity, waitUntilGone } from '../../process-identity.ts';
import type { Hardware } from '../devices/hardware-choice.ts';
import type { MachineFiles } from './machine-files.ts';

const PROGRAM = 'swtpm';
/** Its end of the socket pair to QEMU, which is the only way to it. */
const CONTROL_FD = 3;
/** In the machine's folder, which it is started in: no path of ours has to fit its options. */
const STATE_FOLDER = 'tpm';
/** It ends by itself when its QEMU has, which is a matter of milliseconds. */
const ENDS_WITHIN_MS = 2_000;

/** Of one machine, running. */
export interface Tpm {
  /** For QEMU. Whoever has started that lets go of it at once. */
  socket: Socket;
  kill(): void;
}

export async function findTpmEmulator(): Promise<string | null> {
  return process.platform === 'linux' ? await findExecutable(PROGRAM) : null;
}

/**
 * Starts what emulates a machine's TPM. It has no socket but the one end of a pair, and ends when the other end is closed:
 * so it goes with its QEMU, whatever becomes of the agent.
 */
export async function startTpm(files: MachineFiles, { version }: NonNullable<Hardware['tpm']>): Promise<Tpm> {
  const binary = await findTpmEmulator();
  if (binary === null) throw await missing();
  await endTpm(files);
  await mkdir(files.tpm, { recursive: true, mode: 0o700 });
  const log = await open(files.qemuLog, 'a', 0o600);
  const args = [
    ...['socket', ...(version === '2.0' ? ['--tpm2'] : []), '--terminate'],
    ...['--tpmstate', `dir=${STATE_FOLDER},mode=0600`, '--ctrl', `type=unixio,clientfd=${CONTROL_FD}`],
  ];
  const child = spawn(binary, args, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    env: { PATH: process.env.PATH },
    cwd: files.folder,
  });
  const started = once(child, 'spawn');
  // An end that nobody waits for.
  child.on('error', () => undefined);
  await started.finally(() => log.close());
  child.unref();
  const socket = child.stdio[CONTROL_FD];
  if (!(socket instanceof Socket)) throw new Error(`File descriptor ${CONTROL_FD} must be a socket.`);
  socket.on('error', () => undefined);
  return { socket, kill: () => void child.kill('SIGKILL') };
}

/** Ends what still emulates the machine's TPM; none is success. */
export async function endTpm(files: Pick<MachineFiles, 'folder' | 'tpm'>): Promise<void> {
  if (!(await exists(files.tpm))) return;
  for (const emulator of await tpmsOf(files.folder)) {
    if (!(await waitUntilGone(emulator, AbortSignal.timeout(ENDS_WITHIN_MS)))) await killProcess(emulator);
  }
}

/** Known by the folder they were started in, which is the machine's wherever that was moved to. */
async function tpmsOf(folder: string): Promise<ProcessIdentity[]> {
  if (process.platform !== 'linux') return [];
  const found: ProcessIdentity[] = [];
  const own = await realpath(folder);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== PROGRAM || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== own) continue;
    const identity = await identifyProcess(Number(pid));
    if (identity !== null) found.push(identity);
  }
  return found;
}

async function missing(): Promise<OperationalError> {
  const command = await linuxInstallCommand({
    apt: 'swtpm',
    dnf: 'swtpm',
    zypper: 'swtpm',
    pacman: 'swtpm',
    apk: 'swtpm',
  });
  return new OperationalError('hypervisor_failed', 'hypervisor', 'This host has no swtpm, which emulates TPMs.', {
    hint: command === null ? 'Install swtpm.' : `Install it with: ${command}`,
  });
}
