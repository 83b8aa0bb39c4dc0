import { STATISTICS_EVERY_MS, STATISTICS_KEPT_MS, type StatisticsPoint } from '../contract/machine-statistics.ts';

/** However often a host tells of a machine, and whatever clocks do. */
const MOST_POINTS = STATISTICS_KEPT_MS / STATISTICS_EVERY_MS + 1;
const COLUMNS = ['cpu', 'memoryBytes', 'diskRead', 'diskWritten', 'received', 'sent'] as const;
/** Behind them, whether the memory is the guest's word. */
const WIDTH = COLUMNS.length + 1;

/** The points of one machine: the newest of them, in numbers side by side, for there are thousands of machines. */
export class StatisticsHistory {
  readonly #times = new Float64Array(MOST_POINTS);
  /** NaN is what is not known. A chart has no use for more than seven digits. */
  readonly #values = new Float32Array(MOST_POINTS * WIDTH);
  #count = 0;

  add(point: StatisticsPoint): void {
    const row = this.#count % MOST_POINTS;
    this.#count += 1;
    this.#times[row] = point.at;
    const values = COLUMNS.map((column) => point[column] ?? Number.NaN);
    this.#values.set([...values, Number(point.isGuestMemory)], row * WIDTH);
  }

  /** Of the last one; null where there is none. */
  get last(): number | null {
    return this.#count === 0 ? null : (this.#times[(this.#count - 1) % MOST_POINTS] ?? null);
  }

  /** Those after that time, and none of after `now`: somebody set the clock back since. Oldest first. */
  between(after: number, now: number): StatisticsPoint[] {
    const first = Math.max(0, this.#count - MOST_POINTS);
    const rows = Array.from({ length: this.#count - first }, (_, index) => (first + index) % MOST_POINTS);
    return rows.map((row) => this.#at(row)).filter(({ at }) => at > after && at <= now);
  }

  #at(row: number): StatisticsPoint {
    const read = (column: number): number | null => {
      const value = this.#values[row * WIDTH + column] ?? Number.NaN;
      return Number.isFinite(value) ? value : null;
    };
    const known = Object.fromEntries(COLUMNS.map((column, index) => [column, read(index)]));
    const at = this.#times[row] ?? 0;
    return { at, isGuestMemory: read(COLUMNS.length) === 1, ...known } as StatisticsPoint;
  }
}
