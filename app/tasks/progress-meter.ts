import type { BusProgress } from '../contract/bus.ts';
import type { TaskProgress } from '../contract/task.ts';

/** At most this often is progress told to people, in milliseconds. */
const TELL_EVERY = 250;

/** Turns raw counts into rate and time left; the rate is smoothed over about three seconds. */
export class ProgressMeter {
  current: TaskProgress | null = null;
  #stage: string | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #last: { at: number; done: number } | null = null;
  #rate: number | null = null;
  readonly #now: () => number;

  /** `now` gives milliseconds; tests turn it. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The progress to show, or null when the last one was just shown. */
  update(progress: BusProgress): TaskProgress | null {
    const now = this.#now();
    // A count that goes back is a new attempt: a rate over both would be none.
    if (progress.stage !== this.#stage || progress.done < (this.#last?.done ?? 0)) this.reset();
    this.#stage = progress.stage;
    const isJustFinished =
      progress.total !== null && progress.done >= progress.total && progress.done !== this.#last?.done;
    const { waitsFor } = progress;
    const hasNews = JSON.stringify(waitsFor) !== JSON.stringify(this.current?.waitsFor);
    if (now - this.#toldAt < TELL_EVERY && !isJustFinished && !hasNews) return null;
    if (this.#last && now > this.#last.at) {
      const rate = ((progress.done - this.#last.done) * 1000) / (now - this.#last.at);
      const weight = Math.min(1, (now - this.#last.at) / 3000);
      this.#rate = this.#rate === null ? rate : this.#rate + (rate - this.#rate) * weight;
    }
    this.#last = { at: now, done: progress.done };
    this.#toldAt = now;
    const left = progress.total === null || !this.#rate ? null : (progress.total - progress.done) / this.#rate;
    this.current = {
      done: progress.done,
      total: progress.total,
      unit: progress.unit,
      rate: this.#rate,
      secondsLeft: left === null ? null : Math.max(0, Math.round(left)),
      ...(waitsFor !== undefined && { waitsFor }),
    };
    return this.current;
  }

  reset(): void {
    this.current = null;
    this.#stage = null;
    this.#last = null;
    this.#rate = null;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }
}
