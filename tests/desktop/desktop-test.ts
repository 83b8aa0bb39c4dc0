import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { z } from 'zod';
import type { DesktopApp, DesktopDriver, DesktopStart } from './desktop-app.ts';
import { ElectronDriver } from './electron.driver.ts';
import { findElectron } from './places.ts';
import { StandInDriver } from './stand-in.driver.ts';
import { TestCloud } from './test-cloud.ts';

export interface DesktopFixtures {
  runtime: 'stand-in' | 'electron';
  driver: DesktopDriver;
  dataDir: string;
  /** Starts a desktop on the test's data folder; all are ended after the test. */
  startDesktop: (options?: Omit<DesktopStart, 'dataDir'>) => Promise<DesktopApp>;
  /** The controller of the started desktop, as any client reaches it. */
  cloud: () => Promise<TestCloud>;
}

/** Where the dashboard begins: with its first steps while there is no machine. */
export const HOME_PAGE = /\/(welcome|machines)$/;

const controllerSchema = z.object({ url: z.url() });

export const test = base.extend<DesktopFixtures>({
  runtime: ['stand-in', { option: true }],
  driver: async ({ runtime }, use) => {
    const program = findElectron();
    if (runtime === 'electron' && program === null) throw new Error('The Electron runtime is not installed.');
    const driver = runtime === 'electron' ? new ElectronDriver(program ?? '') : await StandInDriver.create();
    await use(driver);
    await driver.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of needed fixtures from the pattern.
  dataDir: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'cumulet-desktop-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  startDesktop: async ({ driver, dataDir }, use) => {
    const started: DesktopApp[] = [];
    await use(async (options = {}) => {
      const desktop = await driver.start({ dataDir, ...options });
      started.push(desktop);
      return desktop;
    });
    for (const desktop of started) await desktop.close();
  },
  cloud: async ({ dataDir }, use) => {
    await use(async () => {
      const { url } = controllerSchema.parse(JSON.parse(readFileSync(join(dataDir, 'controller.json'), 'utf8')));
      const password = readFileSync(join(dataDir, 'secrets', 'admin-password'), 'utf8').trimEnd();
      return await TestCloud.signIn(url, password);
    });
  },
});
export { expect } from '@playwright/test';
