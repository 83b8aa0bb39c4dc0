// `npm run test:long [-- suite ... --seed N --anew]`: the suites that are longer than the gate, one after the other.
// What passed is kept in artifacts/long/<suite>, so that a run that was stopped goes on where it was.
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';
import { summaryLine } from './test-counts.mjs';
import { chooseSuites } from './testing/choose-suites.mjs';
import { openSitting } from './testing/open-sitting.mjs';
import { printResults, runSuite } from './testing/run-suite.mjs';
import { longSuites } from './testing/suites.mjs';

/** Of one suite. */
const LIMIT_MS = 4 * 60 * 60_000;

async function main() {
  const { names, seed, anew } = readArguments();
  await setUp({ desktop: true, forTests: true });
  const results = [];
  for (const name of names) {
    const sitting = openSitting(`long/${name}`, { seed, anew });
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

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log(summaryLine([{ passed: 0, failed: 1, skipped: 0 }]));
  process.exitCode = 1;
}
