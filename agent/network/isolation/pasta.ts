import { spawn } from 'node:child_process';
import { readdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { OperationalError } from '../../../app/contract/errors.ts';
import { identifyProcess, killProcess, type ProcessIdentity } from '../../process-identity.ts';
import type { Forward } from '../driver.ts';
import { lifelineFile, MAX_OPEN } from './enclosure.ts';
import type { IsolationPrograms } from './isolation-programs.ts';
import { OUTSIDE } from './namespace-rules.ts';

/** A port of the host that is taken is among its reasons. */
export class PastaFailed extends OperationalError {}

/** A pasta process, known by its command line alone: nothing has to be noted that a crash could lose. */
export interface PastaProcess {
  identity: ProcessIdentity;
  machineId: string;
  /** The machine's. */
  runtimeFolder: string;
  /** The process whose namespace it leads outside. */
  target: number;
}

const START_TIMEOUT_MS = 30_000;
/** pasta looks in its own name for what it is to do, so the name ends so. */
const NAME = 'pasta';
const FIRST_ARGUMENT = '--quiet';
const LED_WORD = 'led\n';
/** A process that was about to fork when it was looked for is found the next time. */
const SWEEPS = 3;

/**
 * Not every pasta ends with the namespace it was given by pid. So whoever started it then waits for the lock on the
 * lifeline, which is free once the target is gone, and ends it: all of that without the agent, which may be gone too.
 * From the last line on it is one small process that sleeps. When the agent is gone nobody hears of `led`. It may have more
 * open than what it serves, so that the way into a guest stays open however many connections that has.
 */
const START = `set -e
ulimit -n ${2 * MAX_OPEN} || :
exec 3>>"$1"
lifeline=$1 flock=$2 end=$3 target=$4
shift 4
"$@" 3>&-
trap '' PIPE
echo ${LED_WORD.trim()} || :
exec "$flock" -s /dev/fd/3 /bin/sh -c "$end" "$lifeline" "$1" "$target" >/dev/null 2>&1
`;
/** The shell reads a command line without the zero bytes between its arguments. */
const END = `for each in /proc/[0-9]*; do
  args=
  read -r args <"$each/cmdline" || :
  case $args in "$1${FIRST_ARGUMENT}"*"none$2") kill -KILL "\${each#/proc/}" ;; esac
done
`;

/**
 * Leads the network namespace of a process outside and host ports into it; resolves when all is in place. It runs on
 * by itself, whatever becomes of the agent, until the process is gone. `runtimeFolder` is the machine's: it has the
 * lifeline that the target holds, and names the pasta process.
 */
export async function startPasta(
  programs: Pick<IsolationPrograms, 'pasta' | 'flock'>,
  options: { target: number; forwards: readonly Forward[]; runtimeFolder: string; signal: AbortSignal },
): Promise<void> {
  const { target, forwards, runtimeFolder, signal } = options;
  const name = join(runtimeFolder, NAME);
  await rm(name, { force: true });
  await symlink(programs.pasta, name);
  const ending = [lifelineFile(runtimeFolder), programs.flock, END, String(target)];
  const child = spawn('/bin/sh', ['-c', START, 'sh', ...ending, name, ...pastaArguments(target, forwards)], {
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
  const [word, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  limit.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (word !== LED_WORD || limit.aborted) throw explain(said);
}

/** All that this user has on this host, of whichever data folder. */
export async function findPastaProcesses(): Promise<PastaProcess[]> {
  const found: PastaProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const args = await readArguments(Number(name));
    const [called = ''] = args;
    if (basename(called) !== NAME || !args.includes(OUTSIDE.nameserver)) continue;
    const identity = (await isOwn(name)) ? await identifyProcess(Number(name)) : null;
    const runtimeFolder = dirname(called);
    const target = Number(args.at(-1));
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
 * Ends those of `which` that led a machine outside that does not run any more. One whose target lives is left alone:
 * the data folder may be a copy, and the machine another's.
 */
export async function endStrayPasta(which: (pasta: PastaProcess) => boolean): Promise<void> {
  for (let sweep = 1; sweep <= SWEEPS; sweep++) {
    const stray: PastaProcess[] = [];
    for (const each of (await findPastaProcesses()).filter(which)) {
      if (!(await readArguments(each.target)).includes(each.machineId)) stray.push(each);
    }
    if (stray.length === 0) return;
    await Promise.all(stray.map(({ identity }) => killProcess(identity)));
  }
}

/** Empty when there is no such process. */
async function readArguments(pid: number): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

function pastaArguments(target: number, forwards: readonly Forward[]): string[] {
  const tcp = forwards.map(({ hostAddress, hostPort }) => `${hostAddress}/${hostPort}`);
  const userId = process.getuid?.() ?? 0;
  return [
    ...[FIRST_ARGUMENT, '--config-net', '--no-map-gw', '--ipv4-only'],
    // Root's namespace is open to root alone; without this it would become `nobody`.
    ...(userId === 0 ? ['--runas', '0:0'] : []),
    // Addresses of its own, so that it neither needs a network of the host nor follows one.
    ...['--interface', 'lo', '--ns-ifname', 'outside', '--mac-addr', '9a:55:9a:55:9a:55'],
    ...['--address', OUTSIDE.address, '--netmask', OUTSIDE.netmask, '--gateway', OUTSIDE.gateway],
    ...['--dns-forward', OUTSIDE.nameserver],
    ...(tcp.length === 0 ? ['--tcp-ports', 'none'] : tcp.flatMap((port) => ['--tcp-ports', port])),
    ...['--udp-ports', 'none', '--tcp-ns', 'none', '--udp-ns', 'none'],
    String(target),
  ];
}

function explain(stderr: string): PastaFailed {
  // Without a system logger it complains of that too.
  const said = stderr.split('\n').filter((line) => line !== '' && !/to syslog$/.test(line));
  const message = `The machine's network could not be led outside (pasta): ${said.join(' ') || 'it ended'}`;
  return new PastaFailed('hypervisor_failed', 'agent', message);
}
