// `npm run reference`: every request of every API as pages, docs/api.
import { runStreaming } from './run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';

try {
  await setUp({ desktop: false });
  const run = [inRoot('scripts', 'api-client.ts'), '--reference'];
  const { code } = await runStreaming(pinnedNode, run, { env: pinnedEnvironment, limitMs: 60_000 });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
