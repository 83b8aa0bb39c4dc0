// The dashboard in Chromium: until it can be used, and how it scrolls through 10,000 machines.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { repository } from '../tests/cloud.ts';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { scrollFrames, timeToInteractive, watchLoading } from './browser-page.ts';
import { report } from './figure.ts';
import { PeerProcess } from './peer-process.ts';
import { Samples } from './samples.ts';
import { seedServers } from './seeded-servers.ts';

const FEW = 20;
const MANY = 10_000;
const ROUNDS = 5;
/** Some five seconds at 60 Hz. */
const FRAMES = 300;
/** Pixels a frame: a wheel turned fast, and a scroll bar dragged from the top to the bottom. */
const WHEEL = 100;
const SCROLL_BAR = 1000;

if (!existsSync(join(repository, 'dist', 'dashboard', 'index.html'))) {
  await build({ configFile: join(repository, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}
const cloud = await FaultCloud.create();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  await cloud.startController();
  const image = await cloud.createImage({ name: 'bench', disk_format: 'raw' });
  const page = await openPage(browser);
  const { body } = await cloud.request('POST', '/v1/sign-in-codes');
  await page.goto(body.url);
  await page.getByRole('navigation').first().waitFor();
  for (const [count, words] of [
    [FEW, 'with 20 machines'],
    [MANY, 'with 10,000 machines'],
  ] as const) {
    seedServers(cloud.dataDir, count - (count === MANY ? FEW : 0), image, count === MANY ? FEW : 0);
    const bare = await PeerProcess.start('bare-page', String(count));
    const barePage = await openPage(browser);
    const ours = await loadTimes(page, `${cloud.url}/machines`);
    const peer = await loadTimes(barePage, bare.line);
    report({
      figure: `time to interactive ${words}`,
      value: ours.median,
      unit: 'ms',
      peer: 'static table',
      peerValue: peer.median,
      ...(count === FEW ? { aim: 'one second' } : {}),
    });
    if (count === MANY) await reportFrames(page, barePage);
    await barePage.close();
    await bare.stop();
  }
} finally {
  await browser.close();
  await cloud.destroy();
}

async function openPage(from: Browser): Promise<Page> {
  const page = await from.newPage({ viewport: { width: 1280, height: 800 } });
  await watchLoading(page);
  return page;
}

async function loadTimes(page: Page, url: string): Promise<Samples> {
  return await Samples.told(ROUNDS, async () => {
    await page.goto(url);
    return await timeToInteractive(page);
  });
}

async function reportFrames(page: Page, barePage: Page): Promise<void> {
  for (const [how, pixels] of [
    ['wheel', WHEEL],
    ['scroll bar', SCROLL_BAR],
  ] as const) {
    const ours = new Samples(await scrollFrames(page, FRAMES, pixels));
    const peer = new Samples(await scrollFrames(barePage, FRAMES, pixels));
    for (const percent of [50, 95]) {
      report({
        figure: `frame, 10,000 rows by ${how}, p${percent}`,
        value: ours.percentile(percent),
        unit: 'ms',
        peer: 'static table',
        peerValue: peer.percentile(percent),
        aim: 'full frame rate (16.7 ms)',
      });
    }
  }
}
