import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { OperationalError } from '../app/contract/errors.ts';

const run = promisify(execFile);

/** A pid alone may be someone else's by now; with the time it was started it cannot. */
export const processIdentitySchema = z.object({ pid: z.number().int().min(2), startedAt: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Null when there is no such process, or only its remains that nobody has collected yet. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
      return { pid, startedAt: stdout.trim() };
    }
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // proc(5): the command name, field 2, may hold anything; after its last bracket come field 3, the state, and on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { pid, startedAt: fields[19] ?? '' };
  } catch {
    return null;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const found = await identifyProcess(identity.pid);
  return found !== null && found.startedAt === identity.startedAt;
}

/** The process that has `argument` on its command line: a QEMU whose agent died before it could note the pid. */
export async function findProcessByArgument(argument: string): Promise<ProcessIdentity | null> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-axo', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
    const line = stdout.split('\n').find((candidate) => candidate.includes(argument) && candidate.includes('qemu'));
    return line === undefined ? null : identifyProcess(Number.parseInt(line, 10));
  }
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let commandLine: string;
    try {
      commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8');
    } catch {
      // Gone since the folder was read.
      continue;
    }
    if (commandLine.split('\0').includes(argument)) return identifyProcess(Number(name));
  }
  return null;
}

const GONE_WITHIN_MS = 10_000;
const TERMINATES_WITHIN_MS = 3_000;
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 500;

/** Kills and waits until it is gone; a process that is not there is success. One that stays all the same is an error. */
export async function killProcess(identity: ProcessIdentity): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // Gone in between.
  }
  const deadline = AbortSignal.timeout(GONE_WITHIN_MS);
  if (await waitUntilGone(identity, deadline)) return;
  throw new OperationalError('hypervisor_failed', 'hypervisor', `QEMU (process ${identity.pid}) cannot be ended.`, {
    hint: 'The system keeps it, mostly because its disk does not answer. Look at the disk of this host.',
  });
}

/** Lets QEMU write its caches to the disk, as its `quit` does; one that is frozen is killed. */
export async function terminateProcess(identity: ProcessIdentity): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, 'SIGTERM');
  } catch {
    // Gone in between.
  }
  if (!(await waitUntilGone(identity, AbortSignal.timeout(TERMINATES_WITHIN_MS)))) await killProcess(identity);
}

/**
 * Only for processes another agent started: the system tells a process's end to its parent alone, so there is nothing
 * to listen to. It is mostly asked for once the process has closed its sockets, so the wait is some milliseconds.
 * False when the signal fired first.
 */
export async function waitUntilGone(identity: ProcessIdentity, signal?: AbortSignal): Promise<boolean> {
  for (let pauseMs = FIRST_LOOK_MS; await isAlive(identity); pauseMs = Math.min(pauseMs * 1.2, LAST_LOOK_MS)) {
    if (signal?.aborted) return false;
    await delay(pauseMs, undefined, { ref: false });
  }
  return true;
}

/** Changes with each start of the host; null where the system has none. */
export async function readBootId(): Promise<string | null> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return null;
  }
}

/** Whether the host was started again since `then`. */
export async function hasRebootedSince(then: { bootId: string | null; at: string }): Promise<boolean> {
  const bootId = await readBootId();
  if (bootId !== null && then.bootId !== null) return bootId !== then.bootId;
  return Date.now() - uptime() * 1000 > Date.parse(then.at);
}
