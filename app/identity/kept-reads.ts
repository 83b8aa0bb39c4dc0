/** As for tokens: what somebody else wrote into the database is seen after this time at the latest. */
const KEPT_MS = 10_000;
const MOST = 10_000;

/** What was read from the database, by key, until something of it changes: {@link forget} has to be told. */
export class KeptReads<T> {
  readonly #kept = new Map<string, { value: T; until: number }>();
  /** Raised by {@link forget}: what was read before it must not be kept after it. */
  #generation = 0;

  async of(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known && known.until > performance.now()) return known.value;
    const generation = this.#generation;
    const value = await read();
    if (generation !== this.#generation) return value;
    if (this.#kept.size >= MOST) this.#kept.clear();
    this.#kept.set(key, { value, until: performance.now() + KEPT_MS });
    return value;
  }

  /** Call it after the commit. */
  forget(): void {
    this.#generation += 1;
    this.#kept.clear();
  }
}
