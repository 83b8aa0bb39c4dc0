import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const artifacts = fileURLToPath(new URL('../../artifacts/', import.meta.url));

/** The dashboard in Debian's Chromium against whole clouds, one for each file. Two files at once: a page often waits. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  globalSetup: './build-dashboard.setup.ts',
  outputDir: `${artifacts}dashboard`,
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // Guests without hardware virtualisation on a busy machine take their time.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    permissions: ['clipboard-read', 'clipboard-write'],
    // A trace of every test costs two fifths of the processor's time; `--trace on` makes one when it is wanted.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
  },
});
