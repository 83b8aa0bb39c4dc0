import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BusProgress } from '../app/contract/bus.ts';
import { ProgressThrottle } from './progress-throttle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function bytes(done: number, stage = 'image'): BusProgress {
  return { stage, done, total: 1000, unit: 'bytes' };
}

test('the first report goes at once, then ten a second, and the last is never lost', () => {
  const sent: number[] = [];
  const throttle = new ProgressThrottle((progress) => sent.push(progress.done));
  for (let done = 0; done < 1000; done++) {
    throttle.report(bytes(done));
    if (done % 100 === 99) vi.advanceTimersByTime(100);
  }
  throttle.close();
  expect(sent).toEqual([0, 99, 199, 299, 399, 499, 599, 699, 799, 899, 999]);
});

test('a new stage goes at once, after the last of the stage before', () => {
  const sent: string[] = [];
  const throttle = new ProgressThrottle((progress) => sent.push(`${progress.stage} ${progress.done}`));
  throttle.report(bytes(1));
  throttle.report(bytes(2));
  throttle.report(bytes(0, 'disk'));
  throttle.close();
  expect(sent).toEqual(['image 1', 'image 2', 'disk 0']);
});
