import { spawn } from 'node:child_process';
import { mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { OperationalError } from '../../../app/contract/errors.ts';
import { identifyProcess } from '../../process-identity.ts';
import type { Forward } from '../driver.ts';
import { GuestMetadata } from '../metadata/guest-metadata.ts';
import type { Ask } from '../metadata/metadata-server.ts';
import { ClosedNamespaces } from './closed-namespaces.ts';
import { enclose, GATE_FD, GATE_WORD, lifelineFile } from './enclosure.ts';
import type { HelperProcess } from './helper-process.ts';
import { readHostAddresses } from './host-addresses.ts';
import { findIsolationPrograms, type IsolationPrograms } from './isolation-programs.ts';
import { OUTSIDE } from './namespace-rules.ts';
import { endPasta, endStrayPasta, findPastaProcesses, startPasta } from './pasta.ts';
import { isResolverWithinHost } from './resolver.ts';
import { readSourcePorts } from './source-ports.ts';

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
  /** The same of telling them of themselves at 169.254.169.254. */
  metadataReason: string | null;
  /** Programs that installing would bring. */
  missing: string[];
}

const PROOF = 'isolation-proof';

/**
 * Keeps guests from their host: a machine's process lives in a user and a network namespace of its own, closed to
 * every address of the host, and pasta leads it outside. No rights are needed. A namespace ends with its processes.
 */
export class NetworkIsolation {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #metadata: GuestMetadata;
  readonly #namespaces: ClosedNamespaces;
  #proof: Promise<IsolationProof> | null = null;
  #adopted: Promise<HelperProcess[]> | null = null;

  /** `folder` is the agent's: the programs in a namespace must be able to read in it. */
  constructor(options: { folder: string; log: Logger; askMetadata: Ask }) {
    this.#folder = options.folder;
    this.#log = options.log;
    this.#namespaces = new ClosedNamespaces({ log: options.log, findPrograms: () => this.#findPrograms() });
    this.#metadata = new GuestMetadata({ ask: options.askMetadata, log: options.log });
  }

  /**
   * Tried with a process of its own, and once it works that holds: a start that then cannot be closed must fail rather
   * than be open. `anew` where somebody may have installed or allowed something since.
   */
  async prove(anew = false): Promise<IsolationProof> {
    const before = anew ? this.#proof : null;
    const known = await before;
    const isWhole = known === null || (known.reason ?? known.metadataReason) === null;
    if (!isWhole && this.#proof === before) {
      this.#proof = this.#tryOut().then((now) => (known.reason === null ? { ...now, reason: null } : now));
    }
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
    this.#namespaces.watch(programs);
    const [hostAddresses, sourcePorts] = await Promise.all([readHostAddresses(), readSourcePorts(this.#folder)]);
    const resolverFile = (await isResolverWithinHost(hostAddresses)) ? await this.#writeResolverFile() : null;
    const lifeline = lifelineFile(program.runtimeFolder);
    const enclosure = { hostAddresses, resolverFile, lifeline, sourcePorts };
    return { ...enclose(programs, enclosure, program), closedTo: hostAddresses.join() };
  }

  /** Waits until the namespace of `pid` is closed, then leads it outside. {@link leave} undoes it, also if it fails. */
  async lead(pid: number, gate: unknown, enclosed: Enclosed, uplink: Uplink, signal: AbortSignal): Promise<void> {
    const { metadataReason } = await this.prove();
    const programs = await this.#join(pid, gate, enclosed, uplink);
    // All of it has come to its end before it is undone.
    const outcomes = await Promise.allSettled([
      this.#namespaces.update(),
      startPasta(programs, { target: pid, ...uplink, signal }),
      metadataReason === null && this.#metadata.serve(programs, { ...uplink, pid }, signal),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Waits until the namespace of `pid` is closed. */
  async #join(pid: number, gate: unknown, enclosed: Enclosed, { machineId }: Uplink): Promise<IsolationPrograms> {
    if (!(gate instanceof Readable)) throw new Error(`File descriptor ${GATE_FD} must be a pipe.`);
    let said = '';
    for await (const chunk of gate) said += chunk;
    const process = said === GATE_WORD ? await identifyProcess(pid) : null;
    if (process === null) {
      const message = "The machine's network could not be closed to the host.";
      throw new OperationalError('hypervisor_failed', 'agent', message);
    }
    this.#namespaces.add(machineId, { process, closedTo: enclosed.closedTo });
    return await this.#findPrograms();
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
      this.#namespaces.add(uplink.machineId, { process: identity, closedTo: null });
      this.#namespaces.watch(programs);
      await this.#namespaces.update();
      this.#adopted ??= findPastaProcesses();
      const isLed = (await this.#adopted).some(({ target }) => target === pid);
      if (!isLed) await startPasta(programs, { target: pid, ...uplink, signal: new AbortController().signal });
      await this.#metadata.adopt(programs, { ...uplink, pid });
    } catch (error) {
      this.#log.error({ err: error, machine: uplink.machineId }, "a machine's network could not be taken into care");
    }
  }

  /** Whether the process lives in a namespace of its own. */
  async isEnclosed(pid: number): Promise<boolean> {
    if (process.platform !== 'linux') return false;
    const [own, its] = await Promise.all([readlink('/proc/self/ns/net'), readlink(`/proc/${pid}/ns/net`)]);
    return own !== its;
  }

  /** Whether a network may come into that process: it is closed to the host, or this host closes none. */
  async mayHaveNetwork(pid: number): Promise<boolean> {
    return (await this.isEnclosed(pid)) || (await this.prove()).reason !== null;
  }

  /** Leads other host ports into a machine that runs. What goes through the old ones ends. */
  async leadAnew(pid: number, uplink: Uplink): Promise<void> {
    const programs = await this.#findPrograms();
    await endPasta(uplink.machineId, pid);
    await startPasta(programs, { target: pid, ...uplink, signal: new AbortController().signal });
  }

  /** Ends what led the machine outside, once its process is gone. A machine that was never led is success. */
  async leave(machineId: string): Promise<void> {
    this.#namespaces.remove(machineId);
    if (process.platform !== 'linux') return;
    await Promise.all([endStrayPasta((pasta) => pasta.machineId === machineId), this.#metadata.leave(machineId)]);
  }

  /**
   * Ends what led machines outside that do not run any more: where both the machine and what waited for its end were killed,
   * pasta runs on, for it holds their namespace itself. Also of other data folders, which may be gone or have no agent again.
   */
  async sweep(): Promise<void> {
    if (process.platform === 'linux') await Promise.all([endStrayPasta(() => true), this.#metadata.sweep()]);
  }

  /** Lets go; machines stay closed to the addresses the host has now. */
  async close(): Promise<void> {
    this.#metadata.close();
    await this.#namespaces.close();
  }

  async #findPrograms(): Promise<IsolationPrograms> {
    const { programs, missing } = await findIsolationPrograms();
    if (programs !== null) return programs;
    const message = `Programs that keep guests from this host are not installed any more: ${missing.join(', ')}.`;
    throw new OperationalError('hypervisor_failed', 'agent', message);
  }

  async #tryOut(): Promise<IsolationProof> {
    if (process.platform !== 'linux') return without(`${process.platform} has no network namespaces`);
    const { missing } = await findIsolationPrograms();
    if (missing.length > 0) return { ...without(`not installed: ${missing.join(', ')}`), missing };
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
      const joining = this.#join(child.pid, child.stdio[GATE_FD], { binary, args, closedTo }, uplink);
      const [programs] = await Promise.all([joining, answer]);
      const leading = startPasta(programs, { target: child.pid, ...uplink, signal });
      const serving = this.#metadata.serve(programs, { ...uplink, pid: child.pid }, signal);
      const metadataReason = serving.then(() => null, reasonOf);
      await Promise.all([this.#namespaces.update(), leading]);
      return { reason: null, metadataReason: await metadataReason, missing: [] };
    } catch (error) {
      return without(said.trim() || reasonOf(error));
    } finally {
      child.kill('SIGKILL');
      await ended;
      await this.leave(PROOF);
      await rm(runtimeFolder, { recursive: true, force: true });
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

/** Where guests cannot be kept from the host they are not told of themselves either. */
function without(reason: string): IsolationProof {
  return { reason, metadataReason: reason, missing: [] };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
