import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { MachineStatistics } from '../contract/machine-statistics.ts';
import { MachineStatisticsService } from './machine-statistics.service.ts';

const START = 1_790_000_000_000;
const MINUTE = 60_000;

function told(id: string, changes: Partial<MachineStatistics> = {}): MachineStatistics {
  return {
    id,
    cpuNanoseconds: 0,
    memory: { residentBytes: 100, guest: null },
    disk: { readBytes: 0, writtenBytes: 0 },
    network: null,
    ...changes,
  };
}

test('what was used between two looks, a second; nothing of before the first', () => {
  const service = new MachineStatisticsService();
  const id = randomUUID();
  service.take(500, [told(id)], START);
  const guest = { totalBytes: 1000, availableBytes: 300 };
  const network = { receivedBytes: 40, sentBytes: 20 };
  const disk = { readBytes: 200, writtenBytes: 100 };
  service.take(
    20_500,
    [told(id, { cpuNanoseconds: 30e9, memory: { residentBytes: 90, guest }, disk, network })],
    START + 20_000,
  );
  service.take(
    40_500,
    [told(id, { cpuNanoseconds: 30e9, disk, network: { receivedBytes: 60, sentBytes: 40 } })],
    START + 40_000,
  );
  const unknown = { cpu: null, diskRead: null, diskWritten: null, received: null, sent: null };
  expect(service.of(id, START + 40_000)).toEqual([
    { at: START, ...unknown, memoryBytes: 100, isGuestMemory: false },
    { at: START + 20_000, ...unknown, cpu: 1.5, diskRead: 10, diskWritten: 5, memoryBytes: 700, isGuestMemory: true },
    {
      at: START + 40_000,
      ...{ cpu: 0, diskRead: 0, diskWritten: 0, received: 1, sent: 1, memoryBytes: 100, isGuestMemory: false },
    },
  ]);
});

test('a machine that was started again, a clock that was set and a silence leave a gap, and no nonsense', () => {
  const service = new MachineStatisticsService();
  const id = randomUUID();
  const at = (time: number, cpuNanoseconds: number) => service.take(time, [told(id, { cpuNanoseconds })], START + time);
  at(0, 5e9);
  at(20_000, 1e9);
  at(40_000, 21e9);
  at(30_000, 25e9);
  at(400_000, 400e9);
  expect(service.of(id, START + 400_000).map(({ cpu }) => cpu)).toEqual([null, null, 1, null, null]);
});

test('an hour is kept, of machines that were told of within it', () => {
  const service = new MachineStatisticsService();
  const [old, kept] = [randomUUID(), randomUUID()];
  service.take(0, [told(old), told(kept)], START);
  for (let minute = 1; minute <= 90; minute += 1) service.take(minute * MINUTE, [told(kept)], START + minute * MINUTE);
  expect(service.of(old, START + 90 * MINUTE)).toEqual([]);
  const points = service.of(kept, START + 90 * MINUTE);
  expect(points).toHaveLength(60);
  expect(points[0]?.at).toBe(START + 31 * MINUTE);
});

test('a host that tells too often, and a clock that was set back, take no more memory', () => {
  const service = new MachineStatisticsService();
  const [busy, gone] = [randomUUID(), randomUUID()];
  const later = START + 24 * 60 * MINUTE;
  service.take(0, [told(gone), told(busy)], later);
  for (let at = 1; at <= 1000; at += 1) service.take(at, [told(busy, { cpuNanoseconds: at ** 5 })], START + at);
  const points = service.of(busy, START + 1000);
  expect(points).toHaveLength(181);
  expect(points.at(-1)?.at).toBe(START + 1000);
  expect(service.of(gone, later)).toEqual([]);
});
