import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Files at once: what the lane of `npm test` may use, or all of the computer. */
const workers = Number(process.env.CUMULET_TEST_WORKERS ?? availableParallelism());
/** Linux keeps this folder in memory, where a commit of a database waits for no disk. */
const MEMORY = '/dev/shm';
const room = existsSync(MEMORY) ? statfsSync(MEMORY) : { bavail: 0, bsize: 0 };
const env: Record<string, string> = room.bavail * room.bsize > 2 ** 31 ? { TMPDIR: MEMORY } : {};
const setupFiles = [
  'scripts/testing/property-settings.ts',
  'scripts/testing/sitting-hooks.ts',
  'scripts/testing/recorded-answers.ts',
];

/** All whose answers are of a database; what tells of files beside it is not. */
const ON_POSTGRES = [
  'app/{audit,compute,console,database,events,identity,image,metadata,network,placement,quota,resource,scheduler,tasks,unclaimed,volume}/**/*.test.ts',
  'tests/integration/api/*.test.ts',
];
const ON_SQLITE_ONLY = [
  'app/database/dialects/sqlite*.test.ts',
  'app/unclaimed/data-generation.test.ts',
  'tests/integration/api/backups.test.ts',
  // Fills the file by thousands of rows, past the program.
  'tests/integration/api/worst-requests.test.ts',
];

/** What is polled for comes, however busy the computer is; the time of the test is its limit. */
const expect = { poll: { timeout: 30_000 } };

/** Of projects that run the controller in their own process. */
const asksDatabase = { setupFiles: [...setupFiles, 'scripts/testing/query-plans.ts'] };

const quick = { setupFiles, expect, env, maxWorkers: workers, testTimeout: 60_000, hookTimeout: 60_000 };
/** What boots machines or runs foreign clients takes one file after the other. */
const machinesOneByOne = { setupFiles, expect, fileParallelism: false, testTimeout: 180_000, hookTimeout: 300_000 };
/** Without machines, waiting for clients most of the time: while one waits, the other's controller works. */
const twoAtOnce = { ...machinesOneByOne, env, fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    // A mistake must fail the run: `test.only` never reaches the branch unseen.
    allowOnly: !process.env.CI,
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          ...quick,
          ...asksDatabase,
          name: 'unit',
          environment: 'node',
          // One import of the controller for all files of a worker, not one each: two fifths of their time.
          isolate: false,
          include: ['{app,main,bin,scripts}/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: ['app/database/dialects/postgres.test.ts'],
        },
      },
      {
        test: {
          ...quick,
          ...asksDatabase,
          name: 'postgres',
          environment: 'node',
          isolate: false,
          env: { ...env, CUMULET_TEST_DATABASE: 'postgres', CUMULET_FIRST_ATTEMPTS: 'aborted' },
          globalSetup: ['app/database/testing/postgres-server.ts'],
          include: ON_POSTGRES,
          exclude: ON_SQLITE_ONLY,
        },
      },
      {
        plugins: [react()],
        test: { ...quick, name: 'renderer', environment: 'happy-dom', include: ['renderer/**/*.test.{ts,tsx}'] },
      },
      { test: { ...machinesOneByOne, name: 'agent', include: ['{agent,guest}/**/*.test.ts'] } },
      { test: { ...machinesOneByOne, name: 'integration', include: ['tests/integration/*.test.ts'] } },
      { test: { ...twoAtOnce, ...asksDatabase, name: 'api', include: ['tests/integration/api/*.test.ts'] } },
      { test: { ...machinesOneByOne, name: 'clients', include: ['tests/clients/*.test.ts'] } },
      { test: { ...twoAtOnce, name: 'identity-clients', include: ['tests/clients/identity/**/*.test.ts'] } },
      { test: { ...machinesOneByOne, name: 'conformance', include: ['tests/conformance/**/*.test.ts'] } },
      { test: { ...machinesOneByOne, name: 'faults', include: ['tests/faults/**/*.test.ts'], testTimeout: 600_000 } },
      {
        test: { ...machinesOneByOne, name: 'examples', include: ['tests/examples/*.test.ts'], testTimeout: 600_000 },
      },
      { test: { ...machinesOneByOne, name: 'guests', include: ['tests/guests/*.test.ts'] } },
      { test: { ...machinesOneByOne, name: 'scale', include: ['tests/scale/**/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
