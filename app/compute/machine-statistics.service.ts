import { controllerMethods } from '../contract/controller.methods.ts';
import {
  type MachineStatistics,
  STATISTICS_EVERY_MS,
  STATISTICS_KEPT_MS,
  type StatisticsPoint,
} from '../contract/machine-statistics.ts';
import type { Bus } from '../messaging/bus.ts';
import { StatisticsHistory } from './statistics-history.ts';

/** Machines whose statistics are kept; of more, those that were told of last. */
const MOST_MACHINES = 20_000;
/** After a longer silence nothing is said of the time between, milliseconds. */
const LONGEST_GAP_MS = 3 * STATISTICS_EVERY_MS;

interface History {
  /** By the clock of the host, as all differences are. */
  at: number;
  last: MachineStatistics;
  readonly points: StatisticsHistory;
}

/** What machines use, as their hosts tell it: the last hour, in memory only. Charts are drawn of it; nothing hangs on it. */
export class MachineStatisticsService {
  /** In the order in which they were last told of. */
  readonly #histories = new Map<string, History>();

  listen(bus: Pick<Bus, 'handle'>): void {
    bus.handle(controllerMethods.machineStatistics, async ({ at, machines }) => {
      this.take(at, machines, Date.now());
      return {};
    });
  }

  /** Of the last hour, oldest first; nothing of a machine that has not run within it. */
  of(serverId: string, now = Date.now()): StatisticsPoint[] {
    return this.#histories.get(serverId)?.points.between(now - STATISTICS_KEPT_MS, now) ?? [];
  }

  /** `at` is the host's time of it, `now` ours. */
  take(at: number, machines: readonly MachineStatistics[], now: number): void {
    for (const told of machines) {
      const before = this.#histories.get(told.id);
      this.#histories.delete(told.id);
      const points = before?.points ?? new StatisticsHistory();
      points.add(pointBetween(before, { at, last: told }, now));
      this.#histories.set(told.id, { at, last: told, points });
    }
    for (const [id, { points }] of this.#histories) {
      const told = points.last ?? 0;
      // Or of a time that is yet to come, since somebody set the clock back.
      const isOld = told <= now - STATISTICS_KEPT_MS || told > now;
      if (!isOld && this.#histories.size <= MOST_MACHINES) break;
      this.#histories.delete(id);
    }
  }
}

/** Counters that have gone back are those of another process. */
function pointBetween(
  before: Pick<History, 'at' | 'last'> | undefined,
  { at, last }: Pick<History, 'at' | 'last'>,
  now: number,
): StatisticsPoint {
  const seconds = before ? (at - before.at) / 1000 : 0;
  const isKnown = seconds > 0 && seconds * 1000 <= LONGEST_GAP_MS;
  const rate = (of: (statistics: MachineStatistics) => number | null | undefined): number | null => {
    const [from, to] = [before && of(before.last), of(last)];
    if (!isKnown || typeof from !== 'number' || typeof to !== 'number' || to < from) return null;
    return (to - from) / seconds;
  };
  const busy = rate(({ cpuNanoseconds }) => cpuNanoseconds);
  const { guest, residentBytes } = last.memory;
  return {
    at: now,
    cpu: busy === null ? null : busy / 1e9,
    memoryBytes: guest ? guest.totalBytes - guest.availableBytes : residentBytes,
    isGuestMemory: guest !== null,
    diskRead: rate(({ disk }) => disk.readBytes),
    diskWritten: rate(({ disk }) => disk.writtenBytes),
    received: rate(({ network }) => network?.receivedBytes),
    sent: rate(({ network }) => network?.sentBytes),
  };
}
