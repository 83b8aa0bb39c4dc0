import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import type { SimulatedOptions } from '../../agent/hypervisor/simulated/simulated-options.ts';
import { httpSettingsSchema } from '../../app/http/http.settings.ts';
import { hasPassed, isLong, notePassed } from '../../scripts/testing/sitting.ts';
import { startCloud, type TestCloud } from '../cloud.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** `npm test` has built it; a spec that is run by itself builds one of its own (build-dashboard.setup.ts). */
export const dashboardDir = process.env.CUMULET_TEST_LANE
  ? `${repository}/dist/dashboard`
  : `${repository}/.cache/dashboard-test`;
/** The product's catalogue where nothing but what is built in can be reached; see build-dashboard.setup.ts. */
export const offlineCatalog = `${repository}/.cache/dashboard-test-catalog.json`;
const screenshots = `${repository}/artifacts/screenshots`;

interface Options {
  /** What carries the machines of a file's cloud. */
  hypervisor: 'qemu' | 'simulated' | 'none';
  /** Names that the cloud answers to beside its own. */
  hosts: string[];
  /** How simulated machines behave. */
  simulated: SimulatedOptions | undefined;
}

/** A worker takes one file after the other; what one left behind is not there for the next. */
type CloudOf = (file: string) => Promise<TestCloud>;

interface Fixtures {
  /** Skips what an earlier sitting of a long suite has passed. */
  sitting: undefined;
  /** A page signed in by a link, with whatever it complained about as a failure at the end. */
  signedIn: Page;
}

/** One cloud for a file's tests, and pages that are signed in to it. */
export const test = base.extend<Fixtures & { cloud: TestCloud }, Options & { cloudOf: CloudOf }>({
  hypervisor: ['qemu', { option: true, scope: 'worker' }],
  hosts: [[], { option: true, scope: 'worker' }],
  simulated: [undefined, { option: true, scope: 'worker' }],
  cloudOf: [
    async ({ hypervisor, hosts, simulated }, use) => {
      let kept: { file: string; cloud: TestCloud } | undefined;
      const leave = async () => {
        const left = kept;
        kept = undefined;
        await left?.cloud.close();
      };
      await use(async (file) => {
        if (kept?.file === file) return kept.cloud;
        await leave();
        const cloud = await startCloud({
          hypervisor,
          dashboardDir,
          imageCatalog: offlineCatalog,
          http: httpSettingsSchema.parse({ hosts }),
          ...(simulated && { simulated }),
        });
        kept = { file, cloud };
        return cloud;
      });
      await leave();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  cloud: [async ({ cloudOf }, use, { file }) => await use(await cloudOf(file)), { timeout: 300_000 }],
  sitting: [
    async ({ browserName: _ }, use, info) => {
      const name = info.titlePath.join(' > ');
      test.skip(hasPassed(name), 'it passed in an earlier sitting');
      await use(undefined);
      if (info.status === 'passed') notePassed(name);
    },
    { auto: true },
  ],
  signedIn: async ({ page, cloud }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(await cloud.controller.signInLink());
    // A new cloud begins with its first steps, which have tests of their own.
    await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click();
    await expect(page.getByRole('heading', { name: 'Machines', exact: true })).toBeVisible();
    await use(page);
    expect(errors).toEqual([]);
  },
});

export { expect };

interface Person {
  name: string;
  password: string;
  /** By its name; of the default domain without. */
  domain?: string;
}

/** Name and password into the form of the sign-in page. */
export async function signIn(page: Page, cloud: TestCloud, { name, password, domain }: Person): Promise<void> {
  await page.goto(`${cloud.url}/sign-in`);
  if (domain) {
    await page.getByRole('button', { name: 'Another domain than Default' }).click();
    await page.getByRole('textbox', { name: 'Domain' }).fill(domain);
  }
  await page.getByRole('textbox', { name: 'User' }).fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** What the gate takes pictures of; `npm run test:long -- pictures` takes all. */
const IN_GATE = ['machines-list', 'launch-zh', 'images-many', 'activity', 'machine-overview-zh'];
/** Of the long suite, in pixels. */
const WIDTHS = [1024, 1280, 1920];

/** A screenshot, light and dark, kept to be looked at; in the long suite of each width. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!isLong && !IN_GATE.includes(name)) return;
  await mkdir(screenshots, { recursive: true });
  const asItIs = page.viewportSize() ?? { width: 1280, height: 800 };
  for (const width of isLong ? WIDTHS : [asItIs.width]) {
    await page.setViewportSize({ ...asItIs, width });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${screenshots}/${name}-${width}-${colorScheme}.png`, animations: 'disabled' });
    }
  }
  await page.setViewportSize(asItIs);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The text of the terminal that is in sight. */
export async function terminalText(page: Page): Promise<string> {
  const rows = page.locator('[data-testid=terminal]:visible .xterm-rows > div');
  const lines = (await rows.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
  return lines.join('\n').trimEnd();
}

/** Share of the screen that is not black, 0 to 1. */
export async function litShare(page: Page, by: 'screen' | 'spice' = 'screen'): Promise<number> {
  return await page.locator(`[data-testid=${by}]:visible canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const context = canvas.getContext('2d');
    if (!context || canvas.width === 0) return 0;
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let lit = 0;
    for (let at = 0; at < data.length; at += 4) {
      if ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0) > 96) lit += 1;
    }
    return lit / (data.length / 4);
  });
}
