// The dashboard's lists of people, groups and projects in Chromium, in a cloud of 10,000 users.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { repository } from '../tests/cloud.ts';
import { scrollFrames, timeToInteractive, watchLoading } from './browser-page.ts';
import { report } from './figure.ts';
import { PeerProcess } from './peer-process.ts';
import { Samples } from './samples.ts';
import { startSeededCloud } from './seeded-cloud.ts';

const ROUNDS = 5;
const FRAMES = 300;
/** Pixels a frame: a wheel turned fast. */
const WHEEL = 100;

if (!existsSync(join(repository, 'dist', 'dashboard', 'index.html'))) {
  await build({ configFile: join(repository, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}
const { cloud } = await startSeededCloud();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await openPage();
  const barePage = await openPage();
  const { body } = await cloud.request('POST', '/v1/sign-in-codes');
  await page.goto(body.url);
  await page.getByRole('navigation').first().waitFor();
  for (const [name, path, rows] of [
    ['10,000 people', '/people', 10_000],
    ['200 groups', '/people/groups', 200],
    ['1,000 projects', '/people/projects', 1_000],
  ] as const) {
    const bare = await PeerProcess.start('bare-page', String(rows));
    const ours = await openTimes(page, cloud.url + path);
    const theirs = await openTimes(barePage, bare.line);
    const peer = 'static table';
    const peerValue = theirs.median;
    report({ figure: `${name} can be used`, value: ours.median, unit: 'ms', peer, peerValue, aim: 'one second' });
    const frames = new Samples(await scrollFrames(page, FRAMES, WHEEL));
    const bareFrames = new Samples(await scrollFrames(barePage, FRAMES, WHEEL));
    report({
      figure: `${name}, frame by wheel, p95`,
      value: frames.percentile(95),
      unit: 'ms',
      peer,
      peerValue: bareFrames.percentile(95),
      aim: 'full frame rate (16.7 ms)',
    });
    await bare.stop();
  }
} finally {
  await browser.close();
  await cloud.destroy();
}

async function openPage(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await watchLoading(page);
  return page;
}

async function openTimes(page: Page, url: string): Promise<Samples> {
  return await Samples.told(ROUNDS, async () => {
    await page.goto(url);
    return await timeToInteractive(page);
  });
}
