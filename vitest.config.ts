import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** A red run of CI must be red again when it is repeated. */
const fixedSeed = process.env.CI ? ['scripts/testing/fixed-seed.ts'] : [];
/** Projects of `scripts/test.mjs` that boot machines or run foreign clients take one file after the other. */
const machinesOneByOne = {
  setupFiles: fixedSeed,
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 300_000,
};

/** Without machines: while one waits, the other's controller works. */
const twoAtOnce = { ...machinesOneByOne, fileParallelism: true, maxWorkers: 2, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    // A mistake must fail the run: `test.only` never reaches the branch unseen.
    allowOnly: !process.env.CI,
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          setupFiles: fixedSeed,
          include: ['{app,main,bin,scripts}/**/*.test.ts', 'scripts/**/*.test.mjs'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['renderer/**/*.test.{ts,tsx}'],
          setupFiles: fixedSeed,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'agent', include: ['{agent,guest}/**/*.test.ts'], ...machinesOneByOne } },
      { test: { name: 'integration', include: ['tests/integration/*.test.ts'], ...machinesOneByOne } },
      {
        test: {
          ...twoAtOnce,
          name: 'integration-api',
          include: ['tests/integration/api/*.test.ts'],
        },
      },
      {
        test: {
          name: 'clients',
          include: ['tests/{clients,conformance}/**/*.test.ts'],
          exclude: ['tests/clients/identity/**'],
          ...machinesOneByOne,
        },
      },
      { test: { ...twoAtOnce, name: 'identity-clients', include: ['tests/clients/identity/**/*.test.ts'] } },
      { test: { name: 'faults', include: ['tests/faults/**/*.test.ts'], ...machinesOneByOne, testTimeout: 600_000 } },
    ],
  },
});
