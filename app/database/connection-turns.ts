import { AsyncLocalStorage } from 'node:async_hooks';

/** What runs in here gets its turn behind those who wait for an answer, a round of the event loop later. */
export const behindRequests = new AsyncLocalStorage<true>();

/** Of so many that get a turn, one is of those behind, however many requests there are. */
const SHARE = 16;

/** Who has one of few connections: requests first, among equals in the order in which they asked. */
export class ConnectionTurns {
  readonly #places: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #behind: (() => void)[] = [];
  #inARow = 0;

  constructor(places: number) {
    this.#places = places;
  }

  async take(): Promise<void> {
    if (behindRequests.getStore()) return await this.#wait(this.#behind);
    if (this.#taken === this.#places) return await this.#wait(this.#waiting);
    this.#taken += 1;
  }

  give(): void {
    const next = this.#inARow < SHARE || this.#behind.length === 0 ? this.#waiting.shift() : undefined;
    if (next) {
      this.#inARow += 1;
      next();
    } else this.#handOver();
  }

  /** A place, to those behind: what has come from the network meanwhile is read before, and goes first. */
  #handOver(): void {
    if (this.#waiting.length + this.#behind.length === 0) {
      this.#taken -= 1;
      return;
    }
    setImmediate(() => {
      const request = this.#inARow < SHARE ? this.#waiting.shift() : undefined;
      this.#inARow = request ? this.#inARow + 1 : 0;
      const next = request ?? this.#behind.shift();
      if (next) next();
      else this.#handOver();
    });
  }

  async #wait(line: (() => void)[]): Promise<void> {
    await new Promise<void>((resolve) => {
      line.push(resolve);
      if (this.#taken === this.#places) return;
      this.#taken += 1;
      this.#handOver();
    });
  }
}
