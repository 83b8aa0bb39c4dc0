import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startI18n } from '../i18n/i18n.ts';
import { TimeAgo } from './Figures.tsx';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let root: Root;
let place: HTMLElement;
const show = (what: ReactNode) => act(() => root.render(what));

beforeEach(async () => {
  await startI18n('en');
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  place = document.createElement('div');
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
});

it('shows an age to the second, from its first moment', () => {
  show(<TimeAgo time="2025-12-31T23:59:57Z" />);
  expect(place.textContent).toBe('3 sec');
  act(() => vi.advanceTimersByTime(2000));
  expect(place.textContent).toBe('5 sec');
  show(null);
  vi.advanceTimersByTime(60_000);
  show(<TimeAgo time="2026-01-01T00:00:50Z" />);
  expect(place.textContent).toBe('12 sec');
});

it('has a word in a sentence for what has just been, also by a clock that is ahead', () => {
  show(<TimeAgo time="2026-01-01T00:00:02Z" isInSentence />);
  expect(place.textContent).toBe('just now');
  act(() => vi.advanceTimersByTime(7000));
  expect(place.textContent).toBe('5 sec ago');
});
