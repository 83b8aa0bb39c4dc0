import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCloud, type TestCloud } from '../cloud.ts';
import { dashboardDir, expect, picture, repository, terminalText, test } from './cloud.fixture.ts';

/** A guest without hardware virtualisation boots. */
const BOOT = 300_000;

let cloud: TestCloud;
test.beforeAll(async () => {
  test.setTimeout(BOOT);
  // The small Linux as a file that someone drops; up to date it costs nothing.
  await promisify(execFile)('bash', [join(repository, 'guest', 'build.sh'), join(repository, '.cache', 'guest')]);
  cloud = await startCloud({ dashboardDir });
});
test.afterAll(async () => await cloud.close());

test('from an empty cloud to a machine that shows its login', async ({ page }) => {
  await test.step('the first steps come by themselves', async () => {
    await page.goto(await cloud.controller.signInLink());
    await expect(page).toHaveURL(/\/welcome$/);
    await expect(page.getByText('What this computer can do')).toBeVisible();
    await expect(page.getByText(/^QEMU \d/)).toBeVisible({ timeout: BOOT });
    await expect(page.getByRole('radio', { name: /Cumulet Linux/ })).toBeChecked();
    await picture(page, 'welcome');
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByRole('button', { name: 'Check again' })).toHaveAttribute('aria-busy', 'false');
  });

  await test.step('a file becomes the image to start from', async () => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page
        .getByRole('button', { name: 'Use a file…' })
        .click()
        .then(() => page.getByRole('button', { name: /Choose a disk image/ }).click()),
    ]);
    await chooser.setFiles(join(repository, '.cache', 'guest', 'cumulet-linux.qcow2'));
    await expect(page.getByText('Recognised by its content')).toBeVisible();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('my-linux');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page.getByRole('radio', { name: /my-linux/ })).toBeChecked();
  });

  await test.step('a size, and Launch', async () => {
    await page.getByRole('radio', { name: /m1\.nano/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('first');
    await page.getByRole('button', { name: 'Launch', exact: true }).scrollIntoViewIfNeeded();
    await picture(page, 'welcome-launch');
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    // Quick machines may be running by the time the steps are shown.
    await expect(
      page
        .getByText('Disk and start')
        .or(page.getByRole('tab', { name: 'Screen' }))
        .first(),
    ).toBeVisible();
  });

  await test.step('its console opens by itself and shows the login', async () => {
    await expect(page).toHaveURL(/\/machines\/[0-9a-f-]{36}\?tab=screen$/, { timeout: BOOT });
    await page.getByRole('tab', { name: 'Terminal' }).click();
    await expect.poll(() => terminalText(page), { timeout: BOOT }).toContain('login:');
    await picture(page, 'welcome-machine');
  });

  await test.step('the first steps do not come again, but are to be had', async () => {
    await page.goto(cloud.url);
    await expect(page).toHaveURL(/\/machines$/);
    await page.getByRole('button', { name: /Account admin/ }).click();
    await page.getByRole('menuitem', { name: 'First steps' }).click();
    await expect(page).toHaveURL(/\/welcome$/);
    await page.getByRole('button', { name: 'Skip this' }).click();
    await expect(page).toHaveURL(/\/machines$/);
  });
});
