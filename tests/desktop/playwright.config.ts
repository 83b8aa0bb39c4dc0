import { defineConfig } from '@playwright/test';
import type { DesktopFixtures } from './desktop-test.ts';
import { findElectron } from './places.ts';

const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
const runsElectron = findElectron() !== null && hasDisplay;
if (!runsElectron && process.env.TEST_WORKER_INDEX === undefined) {
  const reason = findElectron() === null ? 'the Electron runtime is not installed' : 'there is no display';
  console.log(`SKIPPED: the scenarios on Electron itself, because ${reason}. They run on the stand-in.`);
}

export default defineConfig<DesktopFixtures>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../artifacts/desktop',
  // A desktop has a controller and an agent with it: one after the other.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 180_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'stand-in', use: { runtime: 'stand-in' } },
    ...(runsElectron ? [{ name: 'electron', use: { runtime: 'electron' as const } }] : []),
  ],
});
