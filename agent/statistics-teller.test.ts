import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type MachineStatistics, STATISTICS_EVERY_MS } from '../app/contract/machine-statistics.ts';
import { StatisticsTeller } from './statistics-teller.ts';
import { silentLog } from './testing/silent-log.ts';

const one: MachineStatistics = {
  id: randomUUID(),
  cpuNanoseconds: 1,
  memory: { residentBytes: 1, guest: null },
  disk: { readBytes: 0, writtenBytes: 0 },
  network: null,
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function tellerOf(measure: () => Promise<MachineStatistics[]>) {
  const sent: unknown[] = [];
  let isConnected = true;
  const teller = new StatisticsTeller({
    measure,
    send: async (told) => sent.push(told),
    isConnected: () => isConnected,
    log: silentLog,
  });
  return { teller, sent, disconnect: () => (isConnected = false) };
}

test('all machines in one message, as often as was said, and nothing where none runs or nobody hears', async () => {
  let machines = [one];
  const { teller, sent, disconnect } = tellerOf(async () => machines);
  await vi.advanceTimersByTimeAsync(2 * STATISTICS_EVERY_MS);
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual({ at: Date.now(), machines: [one] });
  machines = [];
  await vi.advanceTimersByTimeAsync(STATISTICS_EVERY_MS);
  machines = [one];
  disconnect();
  await vi.advanceTimersByTimeAsync(STATISTICS_EVERY_MS);
  teller.close();
  await vi.advanceTimersByTimeAsync(STATISTICS_EVERY_MS);
  expect(sent).toHaveLength(2);
});

test('one that is slow is not asked again meanwhile, and one that fails is asked the next time', async () => {
  const answers = [Promise.withResolvers<MachineStatistics[]>(), Promise.withResolvers<MachineStatistics[]>()];
  let asked = 0;
  const { teller, sent } = tellerOf(async () => await (answers[asked++]?.promise ?? [one]));
  await vi.advanceTimersByTimeAsync(3 * STATISTICS_EVERY_MS);
  expect(asked).toBe(1);
  answers[0]?.reject(new Error('gone'));
  await vi.advanceTimersByTimeAsync(STATISTICS_EVERY_MS);
  answers[1]?.resolve([one]);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toHaveLength(1);
  teller.close();
});
