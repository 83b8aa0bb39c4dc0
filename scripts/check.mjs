// `npm run check [-- --fix]`: everything that can be judged without running the product.
import { installNpmPackages } from './setup/npm-packages.mjs';
import { inRoot, pinnedEnvironment, pinnedNode } from './setup/places.mjs';
import { run, SetupError } from './setup/progress.mjs';

const fix = process.argv.includes('--fix');
const tool = (...path) => inRoot('node_modules', ...path);

/** What was found before is kept: only what changed since is read again. */
const types = (project) => [
  tool('typescript', 'bin', 'tsc'),
  ...['-p', project, '--incremental'],
  ...['--tsBuildInfoFile', inRoot('node_modules', '.cache', `types-${project === '.' ? 'program' : project}.json`)],
];

/** Each with the arguments for the pinned Node. */
const steps = [
  [
    'formatting and lint',
    [tool('@biomejs', 'biome', 'bin', 'biome'), ...(fix ? ['check', '--write'] : ['ci', '--colors=off']), '.'],
  ],
  ['types', types('.')],
  ['types of the dashboard', types('renderer')],
  ['import directions and circles', [inRoot('scripts', 'import-directions.ts')]],
  ['API client', [inRoot('scripts', 'api-client.ts'), ...(fix ? ['--write'] : [])]],
  ['API lock', [inRoot('scripts', 'api-lock.ts'), ...(fix ? ['--write'] : [])]],
  ['ratchet', [inRoot('scripts', 'ratchet.ts'), ...(fix ? ['--write'] : [])]],
  ['patterns in linear time', [inRoot('scripts', 'patterns.ts'), ...(fix ? ['--write'] : [])]],
  ['texts in both languages', [inRoot('scripts', 'locales.ts')]],
  ['licences', [inRoot('scripts', 'licences.ts'), ...(fix ? ['--write'] : [])]],
  ['dead code', [tool('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints']],
];

try {
  await installNpmPackages();
  let failed = 0;
  for (const [title, args] of steps) {
    const startedAt = performance.now();
    const { code, output } = await run(pinnedNode, args, { env: pinnedEnvironment });
    const took = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    console.log(`  ${code === 0 ? 'ok ' : '!! '} ${title} (${took})`);
    if (code !== 0) {
      failed += 1;
      console.log(output.trimEnd().replace(/^/gm, '      '));
    }
  }
  console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${steps.length} checks failed.`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
