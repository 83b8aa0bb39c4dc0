// `npm run conformance -- <area> [pattern] [--anew]`: OpenStack's own tests (Tempest, from Debian) against a Cumulet of
// their own. What passed is kept in artifacts/conformance/<area>, so that a run that was stopped goes on where it was.
import { parseArgs } from 'node:util';
import { runStreaming } from './run-streaming.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';
import { openSitting } from './testing/open-sitting.mjs';

const LIMIT_MS = 2 * 60 * 60_000;

try {
  const { values, positionals } = parseArgs({ options: { anew: { type: 'boolean' } }, allowPositionals: true });
  const [area = 'identity'] = positionals;
  if (!/^[a-z]{1,40}$/.test(area)) throw new SetupError('An area is named by small letters, such as identity.');
  await setUp({ desktop: false, forTests: true });
  const { file } = openSitting(`conformance/${area}`, { anew: values.anew ?? false });
  const run = [inRoot('tests', 'conformance', 'run.ts'), area, ...positionals.slice(1)];
  const env = { ...pinnedEnvironment, CUMULET_SITTING: file };
  const { code } = await runStreaming(pinnedNode, run, { env, limitMs: LIMIT_MS });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
