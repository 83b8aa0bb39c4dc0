import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { MachineStatus } from '../app/contract/machine.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * News of machines, told until the controller says that it has them: it may not be able to store them that moment. Only
 * the newest of each machine is kept, so that their number is bounded.
 */
export class MachineNews {
  readonly #send: (status: MachineStatus) => Promise<unknown>;
  readonly #log: Logger;
  readonly #untold = new Map<string, MachineStatus>();
  readonly #closing = new AbortController();
  #isTelling = false;

  constructor(options: { send(status: MachineStatus): Promise<unknown>; log: Logger }) {
    this.#send = options.send;
    this.#log = options.log;
  }

  tell(status: MachineStatus): void {
    // To the end of the line: news of one machine that is refused again and again must not keep others waiting.
    this.#untold.delete(status.id);
    this.#untold.set(status.id, status);
    if (!this.#isTelling) void this.#tellAll();
  }

  close(): void {
    this.#closing.abort();
    this.#untold.clear();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    let pauseMs = FIRST_PAUSE_MS;
    for (let next = first(this.#untold); next !== undefined; next = first(this.#untold)) {
      try {
        await this.#send(next);
        if (this.#untold.get(next.id) === next) this.#untold.delete(next.id);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        this.#log.info({ err: error, machine: next.id }, 'news of a machine did not arrive; told again');
        if (this.#untold.get(next.id) === next) {
          this.#untold.delete(next.id);
          this.#untold.set(next.id, next);
        }
        await delay(pauseMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
    this.#isTelling = false;
  }
}

function first(news: ReadonlyMap<string, MachineStatus>): MachineStatus | undefined {
  for (const status of news.values()) return status;
  return undefined;
}
