const WINDOW_MS = 5_000;
/** Far more than a guest that boots, resets or has a broken disk causes, and little for the agent. */
const EVENTS = 5_000;

/** How many events of a machine are too many: guests cause some of them, as fast as they like. */
export class EventBudget {
  #since = Number.NEGATIVE_INFINITY;
  #spent = 0;

  /** False when there have been too many; `now` in milliseconds. */
  spend(now: number): boolean {
    if (now - this.#since > WINDOW_MS) {
      this.#since = now;
      this.#spent = 0;
    }
    this.#spent++;
    return this.#spent <= EVENTS;
  }
}
