import { existsSync } from 'node:fs';
import { inRoot, pinnedEnvironment, pinnedNode } from './places.mjs';
import { run, SetupError, Step, tail } from './progress.mjs';
import { hashOf, looksOf, readStamp, writeStamp } from './stamps.mjs';

const isSource = (path) => !/\.test\.tsx?$|\.md$/.test(path);

/** The dashboard, in dist/dashboard. */
export const dashboard = {
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
};

/** Controller and agent, in dist/program. */
export const program = {
  title: 'Program',
  stamp: 'program',
  sources: [
    ...['bin', 'app', 'agent', 'assets', 'package.json', 'package-lock.json'],
    ...['scripts/bundle.mjs', 'scripts/build-program.mjs'],
  ],
  result: inRoot('dist', 'program', 'cumulet.js'),
  args: [inRoot('scripts', 'build-program.mjs')],
};

/** The desktop's main process and preload script, in dist/main. */
export const desktopShell = {
  title: 'Desktop',
  stamp: 'desktop',
  sources: ['main', 'app', 'assets', 'package-lock.json', 'scripts/bundle.mjs', 'scripts/build-desktop.mjs'],
  result: inRoot('dist', 'main', 'main.js'),
  args: [inRoot('scripts', 'build-desktop.mjs')],
};

/** Whether a build is there and was made of the sources as they are now: as they look, or else as they read. */
export function isBuilt({ stamp, sources, result }) {
  if (!existsSync(result)) return false;
  return readStamp(looksStamp(stamp)) === looksOf(sources, isSource) || readStamp(stamp) === hashOf(sources, isSource);
}

/** Builds it when its sources changed. */
export async function build(what) {
  const { title, stamp, sources, result, args } = what;
  // Before the contents are read: what changes after that looks different.
  const looks = looksOf(sources, isSource);
  if (isBuilt(what)) {
    if (readStamp(looksStamp(stamp)) !== looks) writeStamp(looksStamp(stamp), looks);
    return;
  }
  const hash = hashOf(sources, isSource);
  // One that is stopped half-way must not pass for the one before it.
  writeStamp(stamp, null);
  writeStamp(looksStamp(stamp), null);
  const step = new Step(`${title} (build)`);
  // No compile cache: a build reads its tools once, and vite's own workers would fill the cache.
  const { NODE_COMPILE_CACHE: _, ...env } = pinnedEnvironment;
  const outcome = await run(pinnedNode, args, { step, env: { ...env, NODE_ENV: 'production', NO_COLOR: '1' } });
  if (outcome.code !== 0 || !existsSync(result)) {
    step.failed('the build did not work');
    throw new SetupError(`${title}: the build did not work.\n${tail(outcome.output)}`);
  }
  writeStamp(stamp, hash);
  writeStamp(looksStamp(stamp), looks);
  step.done();
}

const looksStamp = (stamp) => `${stamp} looks`;
