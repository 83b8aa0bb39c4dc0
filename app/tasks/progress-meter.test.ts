import { expect, test } from 'vitest';
import type { BusProgress } from '../contract/bus.ts';
import { ProgressMeter } from './progress-meter.ts';

let time = 0;

function bytes(done: number, total: number | null = 1000, stage = 'image'): BusProgress {
  return { stage, done, total, unit: 'bytes' };
}

test('a steady rate gives the seconds that are left', () => {
  const meter = new ProgressMeter(() => time);
  expect(meter.update(bytes(0))).toEqual({ done: 0, total: 1000, unit: 'bytes', rate: null, secondsLeft: null });
  for (const done of [100, 200, 300, 400]) {
    time += 1000;
    expect(meter.update(bytes(done))).toMatchObject({ done, rate: 100, secondsLeft: (1000 - done) / 100 });
  }
  expect(meter.current).toMatchObject({ done: 400 });
});

test('the rate follows a change within a few seconds, without jumping', () => {
  const meter = new ProgressMeter(() => time);
  let done = 0;
  const rates: number[] = [];
  for (let second = 0; second < 20; second++) {
    time += 1000;
    done += second < 5 ? 100 : 1000;
    rates.push(meter.update(bytes(done, 100_000))?.rate ?? Number.NaN);
  }
  expect(rates[4]).toBe(100);
  expect(rates[5]).toBeLessThan(500);
  expect(rates[12]).toBeGreaterThan(900);
  expect(rates.at(-1)).toBeCloseTo(1000, -1);
});

test('it tells at most four times a second, but always the end, and that once', () => {
  const meter = new ProgressMeter(() => time);
  let told = 0;
  for (let done = 1; done <= 1000; done++) {
    time += 1;
    if (meter.update(bytes(done))) told += 1;
  }
  expect(told).toBe(5);
  expect(meter.current).toMatchObject({ done: 1000, secondsLeft: 0 });
  expect(meter.update(bytes(1000))).toBeNull();
});

test('a new stage or a count that goes back starts anew', () => {
  const meter = new ProgressMeter(() => time);
  meter.update(bytes(0));
  time += 1000;
  expect(meter.update(bytes(500))).toMatchObject({ rate: 500 });
  expect(meter.update(bytes(600, 1000, 'disk'))).toMatchObject({ rate: null });
  time += 1000;
  expect(meter.update(bytes(800, 1000, 'disk'))).toMatchObject({ rate: 200 });
  time += 1;
  expect(meter.update(bytes(0, 1000, 'disk'))).toMatchObject({ done: 0, rate: null });
  meter.reset();
  expect(meter.current).toBeNull();
});

test('without a total or without movement nothing is claimed about the end', () => {
  const meter = new ProgressMeter(() => time);
  meter.update(bytes(0, null));
  time += 1000;
  expect(meter.update(bytes(50, null))).toMatchObject({ rate: 50, secondsLeft: null });
  const stuck = new ProgressMeter(() => time);
  stuck.update(bytes(7));
  time += 1000;
  expect(stuck.update(bytes(7))).toMatchObject({ rate: 0, secondsLeft: null });
});
