import type { Page } from '@playwright/test';
import { expect, terminalText, test } from './cloud.fixture.ts';

/** A name that means another computer to the browser: over plain HTTP such a page is no secure context. */
const NAME = 'cloud.test';

test.use({
  hypervisor: 'simulated',
  hosts: [NAME],
  permissions: [],
  launchOptions: {
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
  },
});

/** The terminal of a new machine that echoes what is typed. */
async function openTerminal(page: Page): Promise<void> {
  await page.getByRole('row', { name: /plain/ }).dblclick();
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await expect.poll(() => terminalText(page)).toContain('simulated login:');
  await page.locator('[data-testid=terminal]:visible').click();
}

test('over plain HTTP from another computer all is copied, and pasted by the browser', async ({ page, cloud }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  const made = await cloud.request('POST', '/image/v2/images', {
    name: 'bytes',
    disk_format: 'raw',
    container_format: 'bare',
  });
  await fetch(`${cloud.url}/image/v2/images/${made.body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(1024),
  });

  await page.goto((await cloud.controller.signInLink()).replace('127.0.0.1', NAME));
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Machines' })).toBeVisible();
  expect(await page.evaluate(() => isSecureContext || 'clipboard' in navigator)).toBe(false);

  await test.step('a machine is launched, with properties', async () => {
    await page.goto(`${cloud.url.replace('127.0.0.1', NAME)}/launch?image=${made.body.id}`);
    await page.getByRole('textbox', { name: 'Name' }).fill('plain');
    await page.getByRole('button', { name: 'More settings' }).click();
    await page.getByRole('button', { name: 'Add metadata' }).click();
    await page.getByRole('textbox', { name: 'Name' }).last().fill('role');
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    // The page moves on by itself; who leaves before would be taken along.
    await expect(page).toHaveURL(/\?tab=screen$/);
  });

  await test.step('what is copied in one place is pasted in the terminal', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Machines' }).click();
    await expect(page.getByRole('row', { name: /plain .*Running/ })).toBeVisible();
    const address = page.getByRole('button', { name: /^Copy \d/ }).first();
    const copied = ((await address.textContent()) ?? '').trim();
    await address.click();
    await openTerminal(page);
    await page.keyboard.press('Control+Shift+V');
    await expect.poll(() => terminalText(page)).toContain(`simulated login: ${copied}`);
  });

  await test.step('a button that cannot paste says what can', async () => {
    await page.getByRole('button', { name: /^Paste/ }).click();
    await expect(page.getByText('Click where the text belongs and press Ctrl+Shift+V')).toBeVisible();
  });

  await test.step("a guest's link is text", async () => {
    await page.locator('[data-testid=terminal]:visible').click();
    await page.keyboard.press('Escape');
    await page.keyboard.type(']8;;http://elsewhere.test/');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('your-bank');
    await page.keyboard.press('Escape');
    await page.keyboard.type(']8;;');
    await page.keyboard.press('Control+g');
    await expect.poll(() => terminalText(page)).toContain('your-bank');
    expect(await terminalText(page)).not.toContain('elsewhere');
    // Links are underlined by dashes.
    await expect(page.locator('[data-testid=terminal]:visible .xterm-underline-5')).toHaveCount(0);
  });
  expect(errors).toEqual([]);
});
