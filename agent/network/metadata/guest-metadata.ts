import { join } from 'node:path';
import type { Logger } from 'pino';
import { findExecutable } from '../../host-programs.ts';
import type { HelperProcess } from '../isolation/helper-process.ts';
import type { IsolationPrograms } from '../isolation/isolation-programs.ts';
import { endStrayRelays, findRelays, SOCKET, startRelay } from './metadata-relay.ts';
import { type Ask, MetadataServer } from './metadata-server.ts';

/** A machine whose process lives in a namespace of its own. */
export interface ServedMachine {
  machineId: string;
  runtimeFolder: string;
  pid: number;
}

/**
 * The metadata service of this host's machines: in each machine's namespace a relay listens at 169.254.169.254, and passes
 * what comes to a socket that is this machine's alone. The relay stays with the machine; the sockets are the agent's.
 */
export class GuestMetadata {
  readonly #ask: Ask;
  readonly #log: Logger;
  readonly #servers = new Map<string, MetadataServer>();
  /** Those there were when this agent began. */
  #adopted: Promise<HelperProcess[]> | null = null;

  constructor(parts: { ask: Ask; log: Logger }) {
    this.#ask = parts.ask;
    this.#log = parts.log;
  }

  /** A machine that has just been started. */
  async serve(programs: IsolationPrograms, machine: ServedMachine, signal: AbortSignal): Promise<void> {
    await this.#listen(machine);
    const { pid: target, runtimeFolder } = machine;
    const socat = await findExecutable('socat');
    if (socat === null) throw new Error('not installed: socat');
    await startRelay({ ...programs, socat }, { target, runtimeFolder, signal });
  }

  /** One that an earlier agent has started, or a version without this service. */
  async adopt(programs: IsolationPrograms, machine: ServedMachine): Promise<void> {
    this.#adopted ??= findRelays();
    if ((await this.#adopted).some(({ target }) => target === machine.pid)) await this.#listen(machine);
    else if ((await findExecutable('socat')) !== null) {
      await this.serve(programs, machine, new AbortController().signal);
    }
  }

  async #listen({ machineId, runtimeFolder }: ServedMachine): Promise<void> {
    this.#servers.get(machineId)?.close();
    const server = new MetadataServer(machineId, this.#ask, this.#log);
    this.#servers.set(machineId, server);
    await server.listen(join(runtimeFolder, SOCKET));
  }

  /** The machine's process is gone. */
  async leave(machineId: string): Promise<void> {
    this.#servers.get(machineId)?.close();
    this.#servers.delete(machineId);
    await endStrayRelays((relay) => relay.machineId === machineId);
  }

  /** Ends the relays of machines that do not run any more. */
  async sweep(): Promise<void> {
    await endStrayRelays(() => true);
  }

  /** Lets go: relays wait for the next agent. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
  }
}
