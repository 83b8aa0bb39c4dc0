import { type BrowserContext, chromium } from '@playwright/test';

let connected: Promise<BrowserContext> | null = null;

/** The Chromium that the test has started, over its debugging port. */
export function connectToChromium(): Promise<BrowserContext> {
  connected ??= connect();
  return connected;
}

async function connect(): Promise<BrowserContext> {
  const browser = await chromium.connectOverCDP(process.env.CUMULET_STAND_IN_CHROMIUM ?? '');
  const context = browser.contexts()[0];
  if (!context) throw new Error('The Chromium of the test has no context.');
  return context;
}
