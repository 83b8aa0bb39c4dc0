// `npm test [-- suite ...]`: set-up, then the suites one after the other; the last line is the sum of all.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { runStreaming } from './run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';
import { countPlaywright, countVitest, summaryLine } from './test-counts.mjs';

const reports = inRoot('artifacts', 'tests');

/** In the order they run: quick ones first, so that a mistake shows early. */
const suites = {
  unit: vitest(['unit', 'renderer']),
  agent: vitest(['agent']),
  integration: vitest(['integration', 'integration-api']),
  clients: vitest(['clients', 'identity-clients']),
  faults: vitest(['faults']),
  dashboard: playwright('tests/dashboard/playwright.config.ts'),
  desktop: playwright('tests/desktop/playwright.config.ts'),
};

/** A suite that hangs must not take the whole run with it. */
const LIMIT_MS = 20 * 60_000;

async function main() {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !Object.hasOwn(suites, name));
  if (unknown.length > 0) {
    throw new SetupError(`No suite ${unknown.join(', ')}. Suites are: ${Object.keys(suites).join(', ')}.`);
  }
  await setUp({ desktop: true, forTests: true });
  mkdirSync(reports, { recursive: true });
  const results = [];
  for (const name of chosen.length > 0
    ? Object.keys(suites).filter((suite) => chosen.includes(suite))
    : Object.keys(suites)) {
    results.push(await runSuite(name));
  }
  console.log('\nSuites');
  for (const { name, counts, seconds, note } of results) {
    console.log(`  ${name.padEnd(12)} ${summaryLine([counts])} in ${seconds} s${note}`);
  }
  console.log(summaryLine(results.map(({ counts }) => counts)));
  return results.every(({ counts }) => counts.failed === 0) ? 0 : 1;
}

async function runSuite(name) {
  const { args, env, count } = suites[name];
  const report = `${reports}/${name}.json`;
  rmSync(report, { force: true });
  console.log(`\n=== ${name} ===`);
  const startedAt = performance.now();
  const { code, timedOut } = await runStreaming(pinnedNode, args(report), {
    env: { ...pinnedEnvironment, ...env(report) },
    limitMs: LIMIT_MS,
  });
  const counts = count(readReport(report), code);
  const note = timedOut ? ` (stopped after ${LIMIT_MS / 60_000} minutes)` : '';
  return { name, counts, seconds: Math.round((performance.now() - startedAt) / 1000), note };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function vitest(projects) {
  return {
    args: (report) => [
      inRoot('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env: () => ({}),
    count: countVitest,
  };
}

function playwright(config) {
  return {
    args: () => [
      inRoot('node_modules', '@playwright', 'test', 'cli.js'),
      'test',
      '-c',
      inRoot(config),
      '--reporter=list,json',
    ],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }),
    count: countPlaywright,
  };
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log(summaryLine([{ passed: 0, failed: 1, skipped: 0 }]));
  process.exitCode = 1;
}
