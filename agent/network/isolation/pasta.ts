import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { OperationalError } from '../../../app/contract/errors.ts';
import { identifyProcess, killProcess, type ProcessIdentity } from '../../hypervisor/qemu/process-identity.ts';
import type { Forward } from '../driver.ts';
import { OUTSIDE } from './namespace-rules.ts';

/** A port of the host that is taken is among its reasons. */
export class PastaFailed extends OperationalError {}

/** A pasta process, known by its command line alone: nothing has to be noted that a crash could lose. */
export interface PastaProcess {
  identity: ProcessIdentity;
  machineId: string;
  /** The process whose namespace it leads outside. */
  target: number;
}

const START_TIMEOUT_MS = 30_000;
/** pasta looks in its own name for what it is to do, so the name ends so. */
const NAME = 'pasta';

/**
 * Leads the network namespace of a process outside and host ports into it; resolves when all is in place. It runs on
 * by itself, whatever becomes of the agent. `runtimeFolder` is the machine's, and names the process.
 */
export async function startPasta(
  pasta: string,
  options: { target: number; forwards: readonly Forward[]; runtimeFolder: string; signal: AbortSignal },
): Promise<void> {
  const { target, forwards, runtimeFolder, signal } = options;
  const child = spawn(pasta, pastaArguments(target, forwards), {
    argv0: `${runtimeFolder}/${NAME}`,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
    cwd: '/',
    timeout: START_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const abort = () => child.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  // It goes on as a process of its own when everything is in place; until then its standard error is open.
  const [said, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', resolve);
    }),
  ]);
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (code !== 0) throw explain(said);
}

/** All of this host, of whichever data folder. */
export async function findPastaProcesses(): Promise<PastaProcess[]> {
  const found: PastaProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const args = await readArguments(Number(name));
    const [called = ''] = args;
    if (basename(called) !== NAME || !args.includes(OUTSIDE.nameserver)) continue;
    const identity = await identifyProcess(Number(name));
    const target = Number(args.at(-1));
    if (identity !== null) found.push({ identity, machineId: basename(dirname(called)), target });
  }
  return found;
}

/**
 * Ends those that led a machine outside that does not run any more. One whose target lives is left alone: the data
 * folder may be a copy, and the machine another's.
 */
export async function endStrayPasta(machineId: string, processes: readonly PastaProcess[]): Promise<void> {
  for (const each of processes) {
    if (each.machineId !== machineId) continue;
    if ((await readArguments(each.target)).includes(machineId)) continue;
    await killProcess(each.identity);
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
    ...['--quiet', '--config-net', '--no-map-gw', '--ipv4-only'],
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
