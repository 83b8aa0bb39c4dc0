// `npm run answers [-- suite ...]`: the suites whose answers are recorded, compared with tests/answers; with `--accept`
// what they answer now becomes the record.
import { runStreaming } from './run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';

const LIMIT_MS = 60 * 60_000;

try {
  await setUp({ desktop: false, forTests: true });
  const run = [inRoot('scripts', 'testing', 'run-answers.ts'), ...process.argv.slice(2)];
  const { code } = await runStreaming(pinnedNode, run, { env: pinnedEnvironment, limitMs: LIMIT_MS });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
