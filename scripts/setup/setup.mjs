import { build, dashboard, desktopShell, program } from './builds.mjs';
import { findElectron, installElectronRuntime } from './electron-runtime.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { installSystemPackages } from './system-packages.mjs';

/**
 * Everything between a fresh clone and a start. Steps whose inputs did not change say nothing and cost milliseconds.
 * `desktop`: also what the window needs; `forTests`: also what only tests need; `again`: try downloads that failed before.
 */
export async function setUp({ desktop, forTests = false, again = false }) {
  const startedAt = performance.now();
  await installNpmPackages();
  await installSystemPackages({ forTests, again: again || forTests });
  if (desktop) await installElectronRuntime({ again });
  await build(dashboard);
  await build(program);
  if (desktop && (findElectron() !== null || forTests)) await build(desktopShell);
  return { milliseconds: performance.now() - startedAt };
}
