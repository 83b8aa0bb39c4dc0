import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../../../app/contract/errors.ts';
import type { Forward } from '../driver.ts';
import { lifelineFile, MAX_OPEN } from './enclosure.ts';
import {
  endHelpers,
  endStrayHelpers,
  findHelpers,
  type HelperKind,
  type HelperProcess,
  startHelper,
} from './helper-process.ts';
import type { IsolationPrograms } from './isolation-programs.ts';
import { OUTSIDE } from './namespace-rules.ts';

/** A port of the host that is taken is among its reasons. */
export class PastaFailed extends OperationalError {}

/** pasta looks in its own name for what it is to do, so the name ends so. */
const NAME = 'pasta';
const FIRST_ARGUMENT = '--quiet';
const LED_WORD = 'led\n';

const PASTA: HelperKind = {
  name: NAME,
  targetOf: (args) => (args.includes(OUTSIDE.nameserver) ? Number(args.at(-1)) : null),
};

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
  const command = {
    binary: '/bin/sh',
    args: ['-c', START, 'sh', ...ending, name, ...pastaArguments(target, forwards)],
  };
  const said = await startHelper(command, LED_WORD, signal);
  if (said !== null) throw explain(said);
}

/** All that this user has on this host, of whichever data folder. */
export function findPastaProcesses(): Promise<HelperProcess[]> {
  return findHelpers(PASTA);
}

/** Ends what leads that machine's process outside, though it runs. */
export function endPasta(machineId: string, target: number): Promise<void> {
  return endHelpers(PASTA, (pasta) => pasta.machineId === machineId && pasta.target === target);
}

/** Ends those of `which` whose machine does not run any more. */
export function endStrayPasta(which: (pasta: HelperProcess) => boolean): Promise<void> {
  return endStrayHelpers(PASTA, which);
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
