import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { startCloud, type TestCloud } from '../cloud.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const dashboardDir = `${repository}/.cache/dashboard-test`;
const screenshots = `${repository}/artifacts/screenshots`;

interface Options {
  /** What carries the machines of a file's cloud. */
  hypervisor: 'qemu' | 'simulated' | 'none';
}

interface Fixtures {
  /** A page signed in by a link, with whatever it complained about as a failure at the end. */
  signedIn: Page;
}

/** One cloud for a file's tests, and pages that are signed in to it. */
export const test = base.extend<Fixtures, Options & { cloud: TestCloud }>({
  hypervisor: ['qemu', { option: true, scope: 'worker' }],
  cloud: [
    async ({ hypervisor }, use) => {
      const cloud = await startCloud({ hypervisor, dashboardDir });
      await use(cloud);
      await cloud.close();
    },
    { scope: 'worker', timeout: 300_000 },
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

/** A screenshot, light and dark, kept to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${screenshots}/${name}-${colorScheme}.png`, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The text of the terminal that is in sight. */
export async function terminalText(page: Page): Promise<string> {
  const rows = page.locator('[data-testid=terminal]:visible .xterm-rows > div');
  const lines = (await rows.allInnerTexts()).map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
  return lines.join('\n').trimEnd();
}

/** Share of the screen that is not black, 0 to 1. */
export async function litShare(page: Page): Promise<number> {
  return await page.locator('[data-testid=screen]:visible canvas').evaluate((canvas: HTMLCanvasElement) => {
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
