import { expect, test } from 'vitest';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos` runs as many others as one likes. */
const SEED = 20_261_129;

test('clients at work while everything fails beneath them lose nothing, and nothing is left over', async () => {
  const failed = await runChaos({ seed: SEED, rounds: 2, hypervisor: 'simulated', say: (line) => console.log(line) });
  expect(failed).toEqual([]);
});
