// `npm run chaos -- [--seed N] [--rounds M] [--hypervisor mixed|simulated|qemu]`: clients at work while everything fails.
import { runStreaming } from './run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';

/** As long as one likes: a day. */
const LIMIT_MS = 24 * 60 * 60_000;

try {
  await setUp({ desktop: false, forTests: true });
  const run = [inRoot('tests', 'faults', 'chaos', 'run.ts'), ...process.argv.slice(2)];
  const { code } = await runStreaming(pinnedNode, run, { env: pinnedEnvironment, limitMs: LIMIT_MS });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
