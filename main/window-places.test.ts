import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WindowPlaces } from './window-places.ts';

const display = { x: 0, y: 0, width: 1920, height: 1080 };
const place = { x: 100, y: 50, width: 1280, height: 800, maximized: false };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cumulet-places-'));
  file = join(folder, 'profile', 'windows.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('remembers a place over a restart', () => {
  new WindowPlaces(file).remember('main', place);
  expect(new WindowPlaces(file).find('main', [display])).toEqual(place);
  expect(new WindowPlaces(file).find('console', [display])).toBeNull();
});

test.each([
  ['on a second display', { x: 2000 }, [display, { x: 1920, y: 0, width: 1920, height: 1080 }], true],
  ['on a display that is gone', { x: 2000 }, [display], false],
  ['partly outside, still to be grasped', { x: -1000 }, [display], true],
  ['a sliver inside', { x: -1270 }, [display], false],
  ['title bar above the display', { y: -200 }, [display], false],
  ['title bar below the display', { y: 1070 }, [display], false],
])('%s', (_what, change, displays, isFound) => {
  const places = new WindowPlaces(file);
  places.remember('main', { ...place, ...change });
  expect(places.find('main', displays) !== null).toBe(isFound);
});

test('keeps the newest hundred', () => {
  const places = new WindowPlaces(file);
  for (let index = 0; index < 101; index += 1) places.remember(`console:${index}`, place);
  const reread = new WindowPlaces(file);
  expect(reread.find('console:0', [display])).toBeNull();
  expect(reread.find('console:1', [display])).toEqual(place);
});

test('a broken file costs the places only', () => {
  const broken = join(folder, 'windows.json');
  writeFileSync(broken, '{"main": 5}');
  expect(new WindowPlaces(broken).find('main', [display])).toBeNull();
});
