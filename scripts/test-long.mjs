// `npm run test:long [-- suite ... --seed N --anew]`: the suites that are longer than the gate, one after the other.
// What passed is kept in artifacts/long/<suite>, so that a run that was stopped goes on where it was.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { inRoot, root } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';
import { summaryLine } from './test-counts.mjs';
import { chooseSuites } from './testing/choose-suites.mjs';
import { printResults, runSuite } from './testing/run-suite.mjs';
import { longSuites } from './testing/suites.mjs';

/** Of one suite. */
const LIMIT_MS = 4 * 60 * 60_000;

async function main() {
  const { names, seed, anew } = readArguments();
  await setUp({ desktop: true, forTests: true });
  const results = [];
  for (const name of names) {
    const sitting = openSitting(name, { seed, anew });
    console.log(`\n${name}: seed ${sitting.seed}, ${sitting.passed} passed in earlier sittings`);
    const env = {
      CUMULET_SEED: String(sitting.seed),
      CUMULET_SITTING: sitting.file,
      CUMULET_TEST_LANE: 'long',
      CUMULET_TEST_WORKERS: String(availableParallelism()),
    };
    const result = await runSuite(`long-${name}`, longSuites[name], { env, limitMs: LIMIT_MS });
    results.push({ ...result, name, note: `${result.note}, seed ${sitting.seed}` });
    // Whole: the next run begins anew, with another seed.
    if (result.counts.failed === 0) rmSync(sitting.folder, { recursive: true });
  }
  return printResults({ long: results });
}

function readArguments() {
  const options = { seed: { type: 'string' }, anew: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
    throw new SetupError('--seed must be a whole number of at most nine digits.');
  }
  return {
    names: chooseSuites(positionals, Object.keys(longSuites)),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    anew: values.anew ?? false,
  };
}

/** The sitting to go on with; a new one for other code, another seed, or where `--anew` asks for it. */
function openSitting(name, { seed, anew }) {
  const folder = inRoot('artifacts', 'long', name);
  const file = `${folder}/passed.txt`;
  const about = `${folder}/sitting.json`;
  const code = describeCode();
  const kept = anew ? null : readJson(about);
  if (kept?.code === code && (seed === undefined || seed === kept.seed)) {
    return { folder, file, seed: kept.seed, passed: countLines(file) };
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const chosen = seed ?? randomInt(1e9);
  writeFileSync(about, JSON.stringify({ code, seed: chosen }));
  writeFileSync(file, '');
  return { folder, file, seed: chosen, passed: 0 };
}

/** The commit, and whether and how the files differ from it. */
function describeCode() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return `${git('rev-parse', 'HEAD').trim()} ${git('diff', '--shortstat', 'HEAD').trim()}`;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function countLines(path) {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log(summaryLine([{ passed: 0, failed: 1, skipped: 0 }]));
  process.exitCode = 1;
}
