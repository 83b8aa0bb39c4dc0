import { expect, test } from 'vitest';
import type { LiveQemu } from './live-qemu.ts';
import { ASKED_OFF, type Ending, GUEST_OFF, PANIC, TERMINATED, watchdogEnding } from './machine-ending.ts';
import { afterEvent, answered, awaited, busyWith, endingWith, type MachinePhase, OFF } from './machine-phase.ts';

const live = {} as LiveQemu;
const up = (doing: 'pressing-power' | 'moving-memory' | null = null) => answered(awaited(doing), live);
const event = (name: string, data: Record<string, unknown> = {}) => ({ name, data });
const after = (phase: MachinePhase, ...events: ReturnType<typeof event>[]) =>
  events.reduce<{ phase: MachinePhase; news: (Ending | undefined)[] }>(
    ({ phase, news }, each) => {
      const next = afterEvent(phase, each);
      return { phase: next.phase, news: [...news, next.news] };
    },
    { phase, news: [] },
  );
const guestOff = event('SHUTDOWN', { guest: true, reason: 'guest-shutdown' });

test('a guest that goes down was asked to, or did so by itself', () => {
  expect(after(up(), guestOff).phase).toEqual({ kind: 'ending', live, ending: GUEST_OFF });
  expect(after(up('pressing-power'), guestOff).phase).toEqual({ kind: 'ending', live, ending: ASKED_OFF });
  expect(after(up(), event('SHUTDOWN', { guest: false, reason: 'host-signal' })).phase).toEqual({
    ...{ kind: 'ending', live, ending: TERMINATED },
  });
  expect(after(up(), event('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' })).phase).toEqual(up());
});

test('what ends it first is what it ended of', () => {
  const panicked = after(up(), event('GUEST_PANICKED'), guestOff, event('STOP'));
  expect(panicked).toEqual({ phase: { kind: 'ending', live, ending: PANIC }, news: [undefined, undefined, undefined] });
});

test('a guest may end before its process answers', () => {
  const { phase } = after(awaited(null), guestOff);
  expect(phase).toEqual({ kind: 'ending', live: null, ending: GUEST_OFF });
  expect(answered(phase, live)).toEqual({ kind: 'ending', live, ending: GUEST_OFF });
});

test('a pause is news with its cause, until it goes on', () => {
  const full = event('BLOCK_IO_ERROR', { action: 'stop', nospace: true });
  const { phase, news } = after(up(), full, event('STOP'), event('RESUME'), event('STOP'));
  expect(news.map((each) => each && [each.powerState, each.reason])).toEqual([
    undefined,
    ['PAUSED', 'disk-full'],
    ['RUNNING', null],
    ['PAUSED', null],
  ]);
  expect(phase).toEqual(up());
});

test('a watchdog that is not answered: told, paused, or the end of it', () => {
  const fired = event('WATCHDOG', { action: 'reset' });
  for (const action of ['reset', 'none'] as const) {
    expect(afterEvent(up(), fired, action)).toEqual({ phase: up(), news: watchdogEnding(action) });
  }
  const paused = afterEvent(up(), fired, 'pause');
  expect(paused.news).toBeUndefined();
  expect(afterEvent(paused.phase, event('STOP')).news).toEqual(watchdogEnding('pause'));
  const off = afterEvent(up(), fired, 'poweroff').phase;
  expect(off).toEqual({ kind: 'ending', live, ending: watchdogEnding('poweroff') });
});

test('it is no news where memory is moved, and memory moves on when its process answers', () => {
  expect(after(up('moving-memory'), event('STOP'), event('RESUME')).news).toEqual([undefined, undefined]);
  expect(after(busyWith(up('moving-memory'), null), event('STOP')).news).toHaveLength(1);
});

test('nothing is heard of what is off or ends', () => {
  for (const phase of [OFF, endingWith(up(), ASKED_OFF)]) {
    expect(after(phase, guestOff, event('STOP'), event('RESUME'))).toEqual({ phase, news: Array(3).fill(undefined) });
  }
});
