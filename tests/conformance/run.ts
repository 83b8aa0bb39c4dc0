// What `npm run conformance` runs: an area, or those of its tests that a pattern chooses.
import { allPassed, notePassed } from '../../scripts/testing/sitting.ts';
import { causeOf, loadArea } from './area.ts';
import { report } from './report.ts';
import type { Outcome } from './stestr-output.ts';
import { runTempest } from './tempest.ts';

const [, , name = 'identity', chosen] = process.argv;
const area = await loadArea(name);
const before = chosen === undefined ? allPassed() : [];
const outcomes = await runTempest(area, {
  pattern: chosen ?? area.tests,
  without: before,
  show: console.log,
  onOutcome: ({ test, result }) => result === 'passed' && notePassed(test),
});
const earlier = before.map((test): Outcome => ({ test, result: 'passed', reason: null }));
const all = [...earlier, ...outcomes];
console.log(report(area, all));
const mustPass = all.filter(({ test, result }) => result === 'failed' && causeOf(area, test) === undefined);
process.exitCode = mustPass.length === 0 && all.some(({ result }) => result === 'passed') ? 0 : 1;
