import { EventEmitter, once } from 'node:events';

/** How long after a start of the controller the hosts it knows are waited for, milliseconds. */
const ARRIVAL_TIME = 20_000;

/** Stands for the host that a new cloud will have; no host's name is empty. */
const FIRST_HOST = '';

/** Hosts that have not reported since this controller started. */
export class HostArrivals {
  readonly #expected = new Set<string>();
  readonly #arrivals = new EventEmitter();
  #endsAt = 0;

  constructor() {
    this.#arrivals.setMaxListeners(0);
  }

  /** Begins: these are waited for, or the first of all. */
  expect(ids: readonly string[]): void {
    for (const id of ids) this.#expected.add(id);
    if (ids.length === 0) this.#expected.add(FIRST_HOST);
    this.#endsAt = performance.now() + ARRIVAL_TIME;
  }

  came(id: string): void {
    this.#expected.delete(id);
    this.#expected.delete(FIRST_HOST);
    this.#arrivals.emit('host');
  }

  /** Until those that are there are enough, or nobody is missing any more. */
  async until(isEnough: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    while (this.#expected.size > 0) {
      const left = this.#endsAt - performance.now();
      if (left <= 0) return this.#expected.clear();
      const enough = new AbortController();
      // Listens before it looks: a host that comes in between must not be missed.
      const ends = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(Math.ceil(left))]);
      const arrival = once(this.#arrivals, 'host', { signal: ends }).catch(() => undefined);
      if (await isEnough()) return enough.abort();
      await arrival;
      signal.throwIfAborted();
    }
  }
}
