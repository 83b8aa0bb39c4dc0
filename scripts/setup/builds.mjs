import { existsSync } from 'node:fs';
import { inRoot, pinnedEnvironment, pinnedNode } from './places.mjs';
import { run, SetupError, Step, tail } from './progress.mjs';
import { hashOf, readStamp, writeStamp } from './stamps.mjs';

const isSource = (path) => !/\.test\.tsx?$|\.md$/.test(path);

/** Builds the dashboard into dist/dashboard when its sources changed. */
export function buildDashboard() {
  return build({
    title: 'Dashboard',
    stamp: 'dashboard',
    sources: ['renderer', 'app/contract', 'assets', 'package-lock.json'],
    result: inRoot('dist', 'dashboard', 'index.html'),
    args: [
      inRoot('node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '-c',
      inRoot('renderer', 'vite.config.ts'),
      '--logLevel',
      'warn',
    ],
  });
}

/** Bundles the desktop's main process and preload into dist/main when their sources changed. */
export function buildDesktop() {
  return build({
    title: 'Desktop',
    stamp: 'desktop',
    sources: ['main', 'bin', 'app', 'agent', 'assets', 'scripts/build-desktop.mjs', 'package-lock.json'],
    result: inRoot('dist', 'main', 'main.js'),
    args: [inRoot('scripts', 'build-desktop.mjs')],
  });
}

async function build({ title, stamp, sources, result, args }) {
  const hash = hashOf(sources, isSource);
  if (readStamp(stamp) === hash && existsSync(result)) return;
  const step = new Step(`${title} (build)`);
  // No compile cache: a build reads its tools once, and vite's own workers would fill the cache.
  const { NODE_COMPILE_CACHE: _, ...env } = pinnedEnvironment;
  const outcome = await run(pinnedNode, args, { step, env: { ...env, NODE_ENV: 'production', NO_COLOR: '1' } });
  if (outcome.code !== 0 || !existsSync(result)) {
    step.failed('the build did not work');
    throw new SetupError(`${title}: the build did not work.\n${tail(outcome.output)}`);
  }
  writeStamp(stamp, hash);
  step.done();
}
