/** Times in milliseconds, taken one after the other. */
export class Samples {
  readonly #sorted: number[];

  constructor(times: readonly number[]) {
    this.#sorted = [...times].sort((a, b) => a - b);
  }

  /** Does `work` some times for warming up, then `times` times on the clock. */
  static async take(times: number, work: (round: number) => Promise<unknown>, warmUp = 3): Promise<Samples> {
    return await Samples.told(
      times,
      async (round) => {
        const begun = performance.now();
        await work(round);
        return performance.now() - begun;
      },
      warmUp,
    );
  }

  /** The same where `work` itself says how long it took. */
  static async told(times: number, work: (round: number) => Promise<number>, warmUp = 1): Promise<Samples> {
    for (let round = 0; round < warmUp; round++) await work(-1 - round);
    const taken: number[] = [];
    for (let round = 0; round < times; round++) taken.push(await work(round));
    return new Samples(taken);
  }

  get median(): number {
    return this.percentile(50);
  }

  percentile(percent: number): number {
    const index = Math.min(this.#sorted.length - 1, Math.ceil((percent / 100) * this.#sorted.length) - 1);
    return this.#sorted[Math.max(0, index)] ?? Number.NaN;
  }
}
