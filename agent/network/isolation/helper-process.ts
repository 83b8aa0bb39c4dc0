import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { identifyProcess, killProcess, type ProcessIdentity } from '../../process-identity.ts';

/** A process beside a machine's, known by its command line alone: nothing has to be noted that a crash could lose. */
export interface HelperProcess {
  identity: ProcessIdentity;
  machineId: string;
  /** The machine's. */
  runtimeFolder: string;
  /** The process that it serves. */
  target: number;
}

/** How helpers of one kind are known. */
export interface HelperKind {
  /** They are called by a link of this name in the runtime folder of their machine. */
  name: string;
  /** The pid that such a command line names; null of what is no helper. */
  targetOf(args: readonly string[]): number | null;
}

const START_TIMEOUT_MS = 30_000;
/** A process that was about to fork when it was looked for is found the next time. */
const SWEEPS = 3;

/**
 * Runs what starts a helper, in a session of its own, until it says `word` and closes its output, or has ended. Null when
 * it has said so; else what it said instead.
 */
export async function startHelper(
  command: { binary: string; args: readonly string[] },
  word: string,
  signal: AbortSignal,
): Promise<string | null> {
  const child = spawn(command.binary, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
    cwd: '/',
    detached: true,
  });
  child.unref();
  // Then there is no word either.
  child.once('error', () => undefined);
  const { pid } = child;
  // The group: the shell alone would leave what it has started.
  const abort = () => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL');
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  limit.addEventListener('abort', abort, { once: true });
  // Both are closed when everything is in place, or nothing will be.
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  limit.removeEventListener('abort', abort);
  signal.throwIfAborted();
  return said === word && !limit.aborted ? null : complained;
}

/** All that this user has on this host, of whichever data folder. */
export async function findHelpers(kind: HelperKind): Promise<HelperProcess[]> {
  const found: HelperProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const args = await readArguments(Number(name));
    const [called = ''] = args;
    const target = basename(called) === kind.name ? kind.targetOf(args) : null;
    if (target === null) continue;
    const identity = (await isOwn(name)) ? await identifyProcess(Number(name)) : null;
    const runtimeFolder = dirname(called);
    if (identity !== null) found.push({ identity, machineId: basename(runtimeFolder), runtimeFolder, target });
  }
  return found;
}

/** Its files in /proc say root where it cannot be looked into, as pasta cannot. */
async function isOwn(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^Uid:\t(\d+)/m.exec(status)?.[1]) === process.getuid?.();
}

/**
 * Ends those of `which` that served a machine that does not run any more. One whose target lives is left alone: the data
 * folder may be a copy, and the machine another's.
 */
export async function endStrayHelpers(kind: HelperKind, which: (helper: HelperProcess) => boolean): Promise<void> {
  for (let sweep = 1; sweep <= SWEEPS; sweep++) {
    const stray: HelperProcess[] = [];
    for (const each of (await findHelpers(kind)).filter(which)) {
      if (!(await readArguments(each.target)).includes(each.machineId)) stray.push(each);
    }
    if (stray.length === 0) return;
    await Promise.all(stray.map(({ identity }) => killProcess(identity)));
  }
}

/** Ends all of `which`, whatever they serve. */
export async function endHelpers(kind: HelperKind, which: (helper: HelperProcess) => boolean): Promise<void> {
  const found = (await findHelpers(kind)).filter(which);
  await Promise.all(found.map(({ identity }) => killProcess(identity)));
}

/** Empty when there is no such process. */
async function readArguments(pid: number): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
