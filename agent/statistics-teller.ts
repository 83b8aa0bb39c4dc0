import type { Logger } from 'pino';
import { type MachineStatistics, STATISTICS_EVERY_MS } from '../app/contract/machine-statistics.ts';

export interface StatisticsTellerOptions {
  measure: () => Promise<MachineStatistics[]>;
  /** Rejects while there is no controller: what was measured then is told by nobody. */
  send: (told: { at: number; machines: MachineStatistics[] }) => Promise<unknown>;
  isConnected: () => boolean;
  log: Logger;
}

/** Tells the controller now and then what all machines of this host use, in one message. */
export class StatisticsTeller {
  readonly #options: StatisticsTellerOptions;
  readonly #timer: NodeJS.Timeout;
  #isTelling = false;

  constructor(options: StatisticsTellerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.tell(), STATISTICS_EVERY_MS);
  }

  /** Left out while the last is still going: a host that is slow is not asked for more. */
  async tell(): Promise<void> {
    const { measure, send, isConnected, log } = this.#options;
    if (this.#isTelling || !isConnected()) return;
    this.#isTelling = true;
    try {
      const machines = await measure();
      if (machines.length > 0) await send({ at: Date.now(), machines });
    } catch (error) {
      log.debug({ err: error }, 'what the machines use could not be told');
    } finally {
      this.#isTelling = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
