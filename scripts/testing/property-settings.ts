import { configureGlobal } from 'fast-check';

/**
 * Loaded before every test. In CI property tests try the same examples each time: a red run must be red again when it
 * is repeated. `npm run test:long` gives a seed; elsewhere every run tries new examples.
 */
const seed = process.env.CUMULET_SEED ?? (process.env.CI ? '20261121' : undefined);
if (seed !== undefined) configureGlobal({ seed: Number(seed) });
