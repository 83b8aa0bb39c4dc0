import { spawnSync } from 'node:child_process';
import { inRoot, root } from '../setup/places.mjs';
import { countPlaywright, countVitest } from '../test-counts.mjs';
import { failedInPlaywright, failedInVitest } from './failed-tests.mjs';

/**
 * The gate, `npm test`: two lanes that run side by side, each one suite after the other, quick ones first, so that a
 * mistake shows early. What boots many machines is in one lane, so that guests seldom wait for each other.
 */
export const lanes = {
  machines: {
    agent: vitest(['agent']),
    integration: vitest(['integration']),
    faults: vitest(['faults']),
  },
  rest: {
    unit: vitest(['unit', 'renderer']),
    api: vitest(['api', 'scale']),
    postgres: vitest(['postgres'], () => [
      'app/database',
      'app/quota/quota.service',
      'app/network/port.service',
      'app/identity/assignment/role.test',
      'app/tasks/task.service',
    ]),
    identity: vitest(['identity-clients', 'conformance']),
    clients: vitest(['clients']),
    dashboard: playwright('tests/dashboard/playwright.config.ts'),
    desktop: playwright('tests/desktop/playwright.config.ts'),
  },
};

/**
 * `npm run test:long`: what takes longer than a gate may. Each runs the tests of the gate's suite with more cases; the
 * tests read `CUMULET_LONG` (tests/long-suite.ts).
 */
export const longSuites = {
  /** Controller and agent killed at every point that the code lists (the gate: one for each step), or frozen. */
  kills: vitest(['faults', 'agent'], () => [
    'controller-killed',
    'agent-killed',
    'controller-frozen',
    'start-again',
    'faults/cards',
    'machine-image',
    'tasks-killed',
    'adoption-killed',
    'import-killed',
    'agent/crash',
  ]),
  /** All of Tempest's tests of every area; the gate runs a part of each (tests/conformance/areas). */
  conformance: vitest(['conformance']),
  /** Property tests with another seed each time; the gate always tries the same examples. */
  properties: vitest(['unit', 'renderer', 'agent', 'api', 'faults'], () => filesWith('fast-check')),
  /** What the gate runs on SQLite, on PostgreSQL, with the first attempt of every transaction taken back. */
  postgres: vitest(['postgres']),
  /** docs/example-service.md, followed in a copy of the tree. */
  examples: vitest(['examples']),
  /** Systems that people run, made and booted whole: Debian with its own cloud-init. */
  guests: vitest(['guests']),
  /** Every answer of a watchdog, a TPM through a machine's life, and secure boot: guests of real QEMUs. */
  hardware: vitest(['agent'], () => ['qemu/hardware-machine', 'qemu/secure-boot']),
  /** Thousands of machines; the gate has a hundred. */
  scale: vitest(['scale']),
  /** Every picture of the dashboard's tests, light and dark, 1024 to 1920 wide; the gate takes a few. */
  pictures: playwright('tests/dashboard/playwright.config.ts'),
};

/** Test files that name something. */
function filesWith(word) {
  const { stdout } = spawnSync('git', ['grep', '-l', '-F', word, '--', '*.test.ts', '*.test.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  return (stdout ?? '').trim().split('\n');
}

function vitest(projects, files = () => []) {
  return {
    args: (report) => [
      inRoot('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...files(),
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env: () => ({}),
    count: countVitest,
    failures: failedInVitest,
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
    failures: failedInPlaywright,
  };
}
