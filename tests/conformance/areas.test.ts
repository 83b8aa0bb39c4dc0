import { expect, test } from 'vitest';
import { allPassed, isLong, notePassed } from '../../scripts/testing/sitting.ts';
import { causeOf, listAreas, loadArea } from './area.ts';
import { runTempest } from './tempest.ts';

/** All of an area's tests, or the gate's part: nothing fails but what it names as missing. */
test.each(await listAreas())('Tempest finds what it looks for: %s', { timeout: 60 * 60_000 }, async (name) => {
  const area = await loadArea(name);
  const of = `${name}:`;
  const before = allPassed().filter((test) => test.startsWith(of));
  const lines: string[] = [];
  const outcomes = await runTempest(area, {
    pattern: isLong ? area.tests : area.gate,
    without: before.map((test) => test.slice(of.length)),
    show: (line) => lines.push(line),
    onOutcome: ({ test, result }) => result === 'passed' && notePassed(of + test),
  });
  const mustPass = outcomes.filter(({ test, result }) => result === 'failed' && causeOf(area, test) === undefined);
  expect(mustPass, lines.join('\n')).toEqual([]);
  const passed = before.length + outcomes.filter(({ result }) => result === 'passed').length;
  expect(passed, lines.join('\n')).toBeGreaterThanOrEqual(isLong ? area.atLeast.all : area.atLeast.gate);
});
