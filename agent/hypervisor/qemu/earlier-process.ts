import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import { isAlive, terminateProcess } from '../../process-identity.ts';
import { type AdoptedState, askProcess } from './machine-adoption.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineProcess } from './machine-process.ts';
import type { MachineStateFile } from './machine-state-file.ts';
import type { QmpEvent } from './qmp-client.ts';

/** After this long people are told of it; pauses between questions grow to the other. */
const SILENT_MS = 1_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 15_000;

export interface EarlierProcessParts {
  machineId: string;
  files: MachineFiles;
  state: MachineStateFile;
  isolation: NetworkIsolation;
  log: Logger;
  onEvent(event: QmpEvent): void;
  /** It has been silent for a while. */
  onSilence(): void;
  onAnswer(found: AdoptedState): Promise<void>;
  /** It has ended without an answer. */
  onGone(): Promise<void>;
}

/**
 * The process of an earlier agent, as long as it has not answered this one. It may be frozen, or its sockets gone: its
 * guest may run all the same, so it is asked on and on, while nobody waits for it but who has an order for the machine.
 */
export class EarlierProcess {
  readonly #parts: EarlierProcessParts;
  readonly #closing = new AbortController();
  #process: MachineProcess | null = null;
  /** Settles when it has answered, or is gone. */
  #reaching: Promise<void> = Promise.resolve();

  constructor(parts: EarlierProcessParts) {
    this.#parts = parts;
  }

  /** Whether there is one that is silent still. */
  get isSilent(): boolean {
    return this.#process !== null;
  }

  /** Fires when nobody looks after it any more. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  reach(process: MachineProcess): void {
    this.#process = process;
    this.#reaching = this.#reach(process).catch((error: unknown) => {
      this.#parts.log.error({ err: error, machine: this.#parts.machineId }, 'a machine could not be adopted');
    });
  }

  /** Whether none is left silent, within that time. */
  async reached(withinMs: number): Promise<boolean> {
    if (!this.isSilent) return true;
    const timeout = new AbortController();
    const late = delay(withinMs, undefined, { signal: timeout.signal, ref: false }).catch(() => undefined);
    await Promise.race([this.#reaching, late]);
    timeout.abort();
    return !this.isSilent;
  }

  /** By signal, for there is no other way to one that does not answer. Answers what was ended. */
  async end(): Promise<MachineProcess | null> {
    const process = this.#process;
    if (process === null) return null;
    await terminateProcess(process.identity);
    this.#process = null;
    return process;
  }

  /** It is asked no more. */
  forget(): void {
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.forget();
    await this.#reaching;
  }

  async #reach(process: MachineProcess): Promise<void> {
    const { signal } = this.#closing;
    const isWanted = () => this.#process === process && !signal.aborted;
    const silence = setTimeout(() => isWanted() && this.#parts.onSilence(), SILENT_MS);
    try {
      await this.#askOn(process, isWanted);
    } finally {
      clearTimeout(silence);
    }
  }

  async #askOn(process: MachineProcess, isWanted: () => boolean): Promise<void> {
    const { signal } = this.#closing;
    const { machineId, files, state, isolation, log, onEvent, onAnswer, onGone } = this.#parts;
    for (let pauseMs = FIRST_PAUSE_MS; isWanted(); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const found = await askProcess(process, files, state.record, onEvent, isolation, signal);
        if (found !== null && !isWanted()) return found.live?.release();
        if (found !== null) {
          this.#process = null;
          return await onAnswer(found);
        }
      } catch (error) {
        if (isWanted()) log.warn({ err: error, machine: machineId }, 'QEMU does not answer; asked again');
      }
      if (!isWanted()) return;
      if (!(await isAlive(process.identity))) {
        this.#process = null;
        return await onGone();
      }
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
