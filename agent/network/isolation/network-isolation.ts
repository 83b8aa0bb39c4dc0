import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { OperationalError } from '../../../app/contract/errors.ts';
import { identifyProcess, isAlive, type ProcessIdentity } from '../../process-identity.ts';
import type { Forward } from '../driver.ts';
import { enclose, GATE_FD, GATE_WORD, lifelineFile } from './enclosure.ts';
import { readHostAddresses, watchHostAddresses } from './host-addresses.ts';
import { findIsolationPrograms, type IsolationPrograms } from './isolation-programs.ts';
import { hostAddressesUpdate, OUTSIDE } from './namespace-rules.ts';
import { endStrayPasta, findPastaProcesses, type PastaProcess, startPasta } from './pasta.ts';
import { isResolverWithinHost } from './resolver.ts';
import { readSourcePorts } from './source-ports.ts';

const run = promisify(execFile);

/** A machine's network as it is led outside of its namespace. */
export interface Uplink {
  machineId: string;
  /** The machine's own; it names the process. */
  runtimeFolder: string;
  forwards: readonly Forward[];
}

/** A command that runs a program in a namespace of its own, and the host's addresses it is closed to. */
export interface Enclosed {
  binary: string;
  args: string[];
  closedTo: string;
}

/** `reason` is null where this host can keep guests from itself. */
export interface IsolationProof {
  reason: string | null;
  /** Programs that installing would bring. */
  missing: string[];
}

interface Member {
  process: ProcessIdentity;
  /** Null where that is not known. */
  closedTo: string | null;
}

const UPDATE_TIMEOUT_MS = 30_000;
/** A helper that ended at once would else be started without a pause. */
const WATCH_AGAIN_MS = 1000;
const PROOF = 'isolation-proof';

/**
 * Keeps guests from their host: a machine's process lives in a user and a network namespace of its own, closed to
 * every address of the host, and pasta leads it outside. No rights are needed. A namespace ends with its processes.
 */
export class NetworkIsolation {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #members = new Map<string, Member>();
  #proof: Promise<IsolationProof> | null = null;
  #adopted: Promise<PastaProcess[]> | null = null;
  #monitor: ChildProcess | null = null;
  #anew: NodeJS.Timeout | undefined;
  #updating: Promise<void> = Promise.resolve();
  #isUpdateDue = false;
  #isClosed = false;

  /** `folder` is the agent's: the programs in a namespace must be able to read in it. */
  constructor(options: { folder: string; log: Logger }) {
    this.#folder = options.folder;
    this.#log = options.log;
  }

  /**
   * Tried with a process of its own, and once it works that holds: a start that then cannot be closed must fail rather
   * than be open. `anew` where somebody may have installed or allowed something since.
   */
  async prove(anew = false): Promise<IsolationProof> {
    const before = anew ? this.#proof : null;
    if (before !== null && (await before).reason !== null && this.#proof === before) this.#proof = null;
    this.#proof ??= this.#tryOut();
    return this.#proof;
  }

  /** The command to spawn in the place of `program`, with {@link GATE_FD} a pipe; {@link lead} then does the rest. */
  async enclose(program: {
    binary: string;
    args: readonly string[];
    /** The machine's; it must be there. */
    runtimeFolder: string;
  }): Promise<Enclosed> {
    const programs = await this.#findPrograms();
    this.#watch(programs);
    const [hostAddresses, sourcePorts] = await Promise.all([readHostAddresses(), readSourcePorts(this.#folder)]);
    const resolverFile = (await isResolverWithinHost(hostAddresses)) ? await this.#writeResolverFile() : null;
    const lifeline = lifelineFile(program.runtimeFolder);
    const enclosure = { hostAddresses, resolverFile, lifeline, sourcePorts };
    return { ...enclose(programs, enclosure, program), closedTo: hostAddresses.join() };
  }

  /** Waits until the namespace of `pid` is closed, then leads it outside. {@link leave} undoes it, also if it fails. */
  async lead(pid: number, gate: unknown, enclosed: Enclosed, uplink: Uplink, signal: AbortSignal): Promise<void> {
    if (!(gate instanceof Readable)) throw new Error(`File descriptor ${GATE_FD} must be a pipe.`);
    let said = '';
    for await (const chunk of gate) said += chunk;
    const process = said === GATE_WORD ? await identifyProcess(pid) : null;
    if (process === null) {
      throw new OperationalError(
        'hypervisor_failed',
        'agent',
        "The machine's network could not be closed to the host.",
      );
    }
    this.#members.set(uplink.machineId, { process, closedTo: enclosed.closedTo });
    const programs = await this.#findPrograms();
    await Promise.all([this.#update(), startPasta(programs, { target: pid, ...uplink, signal })]);
  }

  /**
   * Takes a running machine into care; one that was started without a namespace of its own stays as it is. A machine
   * goes on also where this fails.
   */
  async adopt(pid: number, uplink: Uplink): Promise<void> {
    if (process.platform !== 'linux') return;
    try {
      const [own, its] = await Promise.all([readlink('/proc/self/ns/net'), readlink(`/proc/${pid}/ns/net`)]);
      const identity = await identifyProcess(pid);
      if (own === its || identity === null) return;
      const programs = await this.#findPrograms();
      this.#members.set(uplink.machineId, { process: identity, closedTo: null });
      this.#watch(programs);
      await this.#update();
      this.#adopted ??= findPastaProcesses();
      if ((await this.#adopted).some(({ target }) => target === pid)) return;
      await startPasta(programs, { target: pid, ...uplink, signal: new AbortController().signal });
    } catch (error) {
      this.#log.error({ err: error, machine: uplink.machineId }, "a machine's network could not be taken into care");
    }
  }

  /** Ends what led the machine outside, once its process is gone. A machine that was never led is success. */
  async leave(machineId: string): Promise<void> {
    this.#members.delete(machineId);
    if (process.platform === 'linux') await endStrayPasta((pasta) => pasta.machineId === machineId);
  }

  /**
   * Ends what led machines outside that do not run any more: where both the machine and what waited for its end were killed,
   * pasta runs on, for it holds their namespace itself. Also of other data folders, which may be gone or have no agent again.
   */
  async sweep(): Promise<void> {
    if (process.platform === 'linux') await endStrayPasta(() => true);
  }

  /** Lets go; machines stay closed to the addresses the host has now. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#anew);
    this.#members.clear();
    const monitor = this.#monitor;
    if (monitor !== null && monitor.exitCode === null) {
      const ended = new Promise((resolve) => monitor.once('exit', resolve));
      monitor.kill('SIGKILL');
      await ended;
    }
    await this.#updating;
  }

  async #findPrograms(): Promise<IsolationPrograms> {
    const { programs, missing } = await findIsolationPrograms();
    if (programs !== null) return programs;
    const message = `Programs that keep guests from this host are not installed any more: ${missing.join(', ')}.`;
    throw new OperationalError('hypervisor_failed', 'agent', message);
  }

  async #tryOut(): Promise<IsolationProof> {
    if (process.platform !== 'linux') return { reason: `${process.platform} has no network namespaces`, missing: [] };
    const { missing } = await findIsolationPrograms();
    if (missing.length > 0) return { reason: `not installed: ${missing.join(', ')}`, missing };
    // Files of the agent must be readable where only its own user exists, which is not so for root in another's folder.
    const script = 'cd "$1" && exec cat';
    const runtimeFolder = join(this.#folder, PROOF);
    await mkdir(runtimeFolder, { recursive: true, mode: 0o700 });
    const { binary, args, closedTo } = await this.enclose({
      runtimeFolder,
      binary: '/bin/sh',
      args: ['-c', script, PROOF, this.#folder],
    });
    const child = spawn(binary, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH },
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    const uplink = { machineId: PROOF, runtimeFolder, forwards: [] };
    try {
      if (child.pid === undefined) throw new Error(`${binary} does not run`);
      const answer = new Promise((resolve, reject) => {
        child.stdout?.once('data', resolve);
        child.once('close', () => reject(new Error('it ended')));
      });
      child.stdin?.write('\n');
      const { signal } = new AbortController();
      await Promise.all([
        answer,
        this.lead(child.pid, child.stdio[GATE_FD], { binary, args, closedTo }, uplink, signal),
      ]);
      return { reason: null, missing: [] };
    } catch (error) {
      const reason = said.trim() || (error instanceof Error ? error.message : String(error));
      return { reason, missing: [] };
    } finally {
      child.kill('SIGKILL');
      await ended;
      await this.leave(PROOF);
      await rm(runtimeFolder, { recursive: true, force: true });
    }
  }

  #watch(programs: IsolationPrograms): void {
    if (this.#monitor !== null || this.#isClosed) return;
    const onEnd = () => {
      this.#monitor = null;
      if (this.#isClosed) return;
      this.#log.error("'ip monitor' has ended, which tells of new addresses of this host; it is started again");
      this.#anew = setTimeout(() => {
        this.#watch(programs);
        // What was new meanwhile.
        onChange();
      }, WATCH_AGAIN_MS);
      this.#anew.unref();
    };
    const onChange = () => {
      this.#update().catch((error) => this.#log.error({ err: error }, "the host's addresses could not be read"));
    };
    this.#monitor = watchHostAddresses(programs, onChange, onEnd);
  }

  /** Closes every namespace to the addresses the host has now. One at a time; a change during it brings another. */
  #update(): Promise<void> {
    if (this.#isUpdateDue) return this.#updating;
    this.#isUpdateDue = true;
    this.#updating = this.#updating
      .catch(() => undefined)
      .then(async () => {
        this.#isUpdateDue = false;
        const addresses = await readHostAddresses();
        for (const [id, member] of this.#members) await this.#closeTo(addresses, id, member);
      });
    return this.#updating;
  }

  async #closeTo(addresses: readonly string[], id: string, member: Member): Promise<void> {
    const wanted = addresses.join();
    if (member.closedTo === wanted || !(await isAlive(member.process))) return;
    const { nsenter, nft } = await this.#findPrograms();
    const into = ['--target', String(member.process.pid), '--user', '--net', '--preserve-credentials'];
    try {
      await run(nsenter, [...into, '--', nft, hostAddressesUpdate(addresses)], { timeout: UPDATE_TIMEOUT_MS, env: {} });
      member.closedTo = wanted;
    } catch (error) {
      if (await isAlive(member.process)) {
        this.#log.error(
          { err: error, machine: id },
          "a machine's network could not be closed to new addresses of the host",
        );
      }
    }
  }

  async #writeResolverFile(): Promise<string> {
    const path = join(this.#folder, 'resolv.conf');
    const content = `nameserver ${OUTSIDE.nameserver}\n`;
    // Written once: running machines read the same file.
    if ((await readFile(path, 'utf8').catch(() => null)) !== content) await writeFile(path, content);
    return path;
  }
}
