import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { OperationalError, UnexpectedError } from '../../../app/contract/errors.ts';
import { explainDiskFull } from '../../disk-full.ts';
import { failPoint } from '../../fail-point.ts';
import { GATE_FD } from '../../network/isolation/enclosure.ts';
import type { NetworkIsolation, Uplink } from '../../network/isolation/network-isolation.ts';
import { PastaFailed } from '../../network/isolation/pasta.ts';
import { identifyProcess, killProcess, type ProcessIdentity, waitUntilGone } from '../../process-identity.ts';
import { MONITOR_FD } from './command-line.ts';
import { connectSocket } from './connect-socket.ts';
import { TPM_FD } from './device-options.ts';
import { GuestAgentPort } from './guest-agent-port.ts';
import { readLogTail } from './log-tail.ts';
import { type MachineFiles, type RuntimeFiles, runtimeFiles } from './machine-files.ts';
import type { MachineProcess } from './machine-process.ts';
import type { StateRecord } from './machine-record.ts';
import { QmpClient, type QmpEvent } from './qmp-client.ts';

/** Loading firmware on a busy host takes seconds; a process that has not greeted by then is stuck. */
const GREETING_TIMEOUT_MS = 60_000;
/** QEMU writes its caches to disk before it ends. */
const QUIT_TIMEOUT_MS = 20_000;

/** What the process is given of the agent's environment: nothing of the agent's own. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR'];

/** The namespace a machine's network is to live in, and what leads outside of it. */
export interface MachineNetwork {
  isolation: NetworkIsolation;
  uplink: Uplink;
}

/** A QEMU process that runs, and the connection to its monitor. */
export class LiveQemu {
  readonly client: QmpClient;
  readonly identity: ProcessIdentity;
  /** Where its sockets are. */
  readonly runtime: RuntimeFiles;
  readonly guestAgent: GuestAgentPort;
  /** Resolves once the process is gone and its locks with it. */
  readonly exited: Promise<void>;

  private constructor(client: QmpClient, identity: ProcessIdentity, runtime: RuntimeFiles, exited: Promise<void>) {
    this.client = client;
    this.identity = identity;
    this.runtime = runtime;
    this.guestAgent = new GuestAgentPort(client, runtime.agentSocket);
    this.exited = exited;
  }

  /**
   * Starts QEMU in a session of its own, so that neither the agent's end nor Ctrl-C in its terminal reaches it. The
   * monitor comes through a socket pair: its greeting says that everything is set up, with nothing to wait for blindly.
   */
  static async launch(options: {
    binary: string;
    args: string[];
    files: MachineFiles;
    onEvent(event: QmpEvent): void;
    signal: AbortSignal;
    /** Runs QEMU in a network namespace of its own; null where the host cannot or the machine has no network. */
    network: MachineNetwork | null;
    /** Of what emulates its TPM; null where it has none. */
    tpm: Socket | null;
  }): Promise<LiveQemu> {
    const { files, signal, network, tpm } = options;
    const enclosed =
      network === null ? null : await network.isolation.enclose({ ...options, runtimeFolder: files.runtime });
    const { binary, args } = enclosed ?? options;
    const log = await open(files.qemuLog, 'a', 0o600);
    const { size: logStart } = await log.stat();
    const environment = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
    const stdio: ('ignore' | 'pipe' | number | Socket)[] = ['ignore', log.fd, log.fd];
    stdio[MONITOR_FD] = 'pipe';
    if (network !== null) stdio[GATE_FD] = 'pipe';
    // What is between is open to nobody.
    if (tpm !== null) for (let fd = stdio.length; fd < TPM_FD; fd++) stdio[fd] = 'ignore';
    if (tpm !== null) stdio[TPM_FD] = tpm;
    const child = spawn(binary, args, { detached: true, stdio, env: environment, cwd: files.folder });
    // At once: what is still open here would read what is meant for QEMU.
    tpm?.destroy();
    failPoint('agent.spawn.launched');
    await log.close();
    const childExited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const monitor = child.stdio[MONITOR_FD];
    if (!(monitor instanceof Duplex) || child.pid === undefined) {
      await childExited;
      throw new OperationalError('hypervisor_failed', 'hypervisor', `QEMU (${options.binary}) does not start.`);
    }
    child.unref();
    // While QEMU starts: it reaches nothing before.
    const leading =
      network === null || enclosed === null
        ? Promise.resolve()
        : network.isolation.lead(child.pid, child.stdio[GATE_FD], enclosed, network.uplink, signal);
    try {
      const opening = QmpClient.open(monitor, options.onEvent, { timeoutMs: GREETING_TIMEOUT_MS, signal });
      const [client] = await Promise.all([opening, leading]);
      const identity = await identifyProcess(child.pid);
      if (identity === null)
        throw new UnexpectedError('QEMU ended as soon as it had started.', undefined, 'hypervisor');
      const exited = childExited.then(() => leave(network));
      return new LiveQemu(client, identity, runtimeFiles(files.runtime), exited);
    } catch (error) {
      child.kill('SIGKILL');
      await Promise.allSettled([childExited, leading]);
      await leave(network);
      signal.throwIfAborted();
      if (error instanceof PastaFailed) throw error;
      throw await explainFailedStart(files, logStart, error);
    }
  }

  /** Takes over a process an earlier agent started. Null when it does not listen on any socket it may have. */
  static async adopt(
    { identity, runtime }: MachineProcess,
    files: MachineFiles,
    onEvent: (event: QmpEvent) => void,
    network: MachineNetwork,
    signal: AbortSignal,
  ): Promise<LiveQemu | null> {
    for (const place of runtime === null || runtime === files.runtime ? [files.runtime] : [files.runtime, runtime]) {
      const sockets = runtimeFiles(place);
      if (!(await isPidIn(sockets.pid, identity.pid))) continue;
      const stream = await connectSocket(sockets.qmpSocket);
      if (stream === null) continue;
      const client = await QmpClient.open(stream, onEvent, { timeoutMs: GREETING_TIMEOUT_MS, signal });
      await network.isolation.adopt(identity.pid, { ...network.uplink, runtimeFolder: place });
      const exited = client.closed.then(() => waitUntilGone(identity)).then(() => leave(network));
      return new LiveQemu(client, identity, sockets, exited);
    }
    return null;
  }

  /** Ends the process in good order, so that every byte the guest wrote is in its disk; by force if it hangs. */
  async quit(): Promise<void> {
    // The answer may be lost with the connection.
    this.client.execute('quit').catch(() => undefined);
    const timeout = new AbortController();
    const isGone = await Promise.race([
      this.exited.then(() => true),
      delay(QUIT_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => true),
    ]);
    timeout.abort();
    if (!isGone) await this.kill();
  }

  /** At once, losing what the guest has not flushed. */
  async kill(): Promise<void> {
    await killProcess(this.identity);
    await this.exited;
  }

  /** Lets go without disturbing the guest. */
  release(): void {
    this.client.destroy();
  }
}

/** The network of the machine whose files and state these are. */
export function machineNetwork(
  isolation: NetworkIsolation,
  files: MachineFiles,
  state: Pick<StateRecord, 'forwards'>,
): MachineNetwork {
  const { forwards } = state;
  return { isolation, uplink: { machineId: basename(files.folder), runtimeFolder: files.runtime, forwards } };
}

async function leave(network: MachineNetwork | null): Promise<void> {
  await network?.isolation.leave(network.uplink.machineId);
}

/** QEMU notes its pid beside its sockets: a socket beside another pid is another process's. */
async function isPidIn(path: string, pid: number): Promise<boolean> {
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10) === pid;
  } catch {
    return false;
  }
}

async function explainFailedStart(files: MachineFiles, logStart: number, error: unknown): Promise<unknown> {
  const tail = await readLogTail(files.qemuLog, logStart);
  if (tail === '') return error;
  const message = `QEMU did not start: ${tail}`;
  const full = explainDiskFull(new Error(tail), 'starting the machine');
  if (full instanceof OperationalError) return full;
  const hint = /Cannot allocate memory|cannot set up guest memory/.test(tail)
    ? 'This host has not enough free memory: stop another machine or pick a smaller flavor.'
    : undefined;
  return new OperationalError('hypervisor_failed', 'hypervisor', message, { hint, cause: error });
}
