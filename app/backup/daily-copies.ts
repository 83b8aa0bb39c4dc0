import type { Logger } from 'pino';
import { copyDailyInThread } from './backup-thread.ts';

export interface CopyTimes {
  /** A start has other things to do. Milliseconds. */
  firstMs: number;
  /** How often it is asked whether a day is over. */
  everyMs: number;
}
const USUAL_TIMES: CopyTimes = { firstMs: 60_000, everyMs: 3600_000 };

/** Keeps a checked copy of the database of each of the last seven days, for the day on which the database is damaged. */
export class DailyCopies {
  readonly #dataDir: string;
  readonly #log: Logger;
  readonly #times: CopyTimes;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor({ dataDir, log, times = USUAL_TIMES }: { dataDir: string; log: Logger; times?: CopyTimes }) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#times = times;
  }

  start(): void {
    this.#wait(this.#times.firstMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort(new Error('The controller stops.'));
    await this.#running;
  }

  #wait(milliseconds: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#copy().then(() => this.#wait(this.#times.everyMs));
    }, milliseconds).unref();
  }

  async #copy(): Promise<void> {
    try {
      const copy = await copyDailyInThread(this.#dataDir, { signal: this.#closing.signal });
      if (copy !== null) this.#log.info({ copy: copy.path }, 'copied and checked the database');
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#log.error({ err: error }, 'the database could not be copied; it is tried again in an hour');
    }
  }
}
