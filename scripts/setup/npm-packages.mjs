import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { inRoot, pinnedNode } from './places.mjs';
import { run, SetupError, Step, tail } from './progress.mjs';
import { hashOf, readStamp, writeStamp } from './stamps.mjs';

const quiet = ['--no-fund', '--no-audit', '--loglevel=http'];
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** The packages of package-lock.json, and Node 24, whose binary its package fetches in a script of its own. */
export async function installNpmPackages() {
  const wanted = hashOf(['package-lock.json', '.npmrc']);
  if (
    readStamp('npm') !== wanted &&
    !isInstalled(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))
  ) {
    const step = new Step('npm packages');
    // `npm ci` empties node_modules, this set-up's stamps with it.
    let result = await run(npm, ['ci', ...quiet], { step });
    // A registry that lacks other platforms' packages makes `npm ci` doubt the lock file; `install` keeps to it as well.
    if (/EUSAGE/.test(result.output)) result = await run(npm, ['install', '--no-save', ...quiet], { step });
    if (result.code !== 0) throw failed(step, 'npm ci', result.output);
    step.done();
  }
  if (!existsSync(pinnedNode)) {
    const step = new Step('Node 24');
    const result = await run(npm, ['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts'], {
      step,
    });
    // An npm that runs no packages' scripts whatever it is told: the same script, run by hand.
    if (!existsSync(pinnedNode)) {
      await run(process.execPath, ['installArchSpecificPackage.js'], { step, cwd: inRoot('node_modules', 'node') });
    }
    if (!existsSync(pinnedNode)) throw failed(step, 'npm rebuild node', result.output);
    step.done();
  }
  linkCommand();
  if (readStamp('npm') !== wanted) writeStamp('npm', wanted);
}

/** `npx cumulet` in this folder is bin/cumulet. On Windows npm makes what it needs of the `bin` in package.json. */
function linkCommand() {
  const link = inRoot('node_modules', '.bin', 'cumulet');
  if (process.platform !== 'win32' && !lstatSync(link, { throwIfNoEntry: false }))
    symlinkSync('../../bin/cumulet', link);
}

/** Whether every package of the lock file that must be there is there in its version, whoever installed it. */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(inRoot(path), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

function failed(step, command, output) {
  step.failed(`${command} did not work`);
  return new SetupError(`${command} did not work; it needs the npm registry.\n${tail(output)}`);
}
