import type { Locator, Page } from '@playwright/test';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const PASSWORD = 'secret of rob';

test('limits of a project and of one person, and what they mean to who launches', async ({
  signedIn: page,
  cloud,
  browser,
}) => {
  const user = { name: 'rob', password: PASSWORD };
  const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
  const [role] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
  const [project] = (await cloud.request('GET', '/identity/v3/projects?name=admin')).body.projects;
  await cloud.request('PUT', `/identity/v3/projects/${project.id}/users/${id}/roles/${role.id}`);
  const meter = (where: Page | Locator, name: string) => where.getByRole('meter', { name });

  await test.step('of the project', async () => {
    await page.goto(`${cloud.url}/quotas`);
    await expect(page.getByText('0, no limit').first()).toBeVisible();
    await picture(page, 'quotas-unlimited');
    await page.getByRole('button', { name: 'Change limits' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Machines', exact: true }).fill('5');
    await dialog.getByRole('textbox', { name: 'Virtual CPUs' }).fill('8');
    await dialog.getByRole('textbox', { name: 'Keys a person' }).fill('1');
    await dialog.getByRole('textbox', { name: 'Images', exact: true }).fill('50');
    await picture(page, 'quotas-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(meter(page, 'Machines')).toHaveAttribute('aria-valuemax', '5');
    // Keys are a person's: a project that uses none of them says nothing true.
    await expect(meter(page, 'Keys a person')).toHaveCount(0);
    await expect(page.getByText('Keys a person')).toBeVisible();
  });

  await test.step('of one person: never more than the project has', async () => {
    const part = page.locator('section').filter({ hasText: 'Limits of one person' }).last();
    await part.getByRole('combobox', { name: 'Limits of one person' }).click();
    await page.getByRole('option', { name: 'rob' }).click();
    await expect(meter(part, 'Machines')).toHaveAttribute('aria-valuemax', '5');
    await part.getByRole('button', { name: 'Change limits' }).click();
    const dialog = page.getByRole('dialog', { name: 'Limits of rob' });
    await expect(dialog.getByRole('textbox', { name: 'Images' })).toHaveCount(0);
    await dialog.getByRole('textbox', { name: 'Machines' }).fill('9');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toContainText('must be less than or equal to 5');
    await dialog.getByRole('textbox', { name: 'Machines' }).fill('2');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(meter(part, 'Machines')).toHaveAttribute('aria-valuemax', '2');
    await expect(part.getByRole('button', { name: "All of the project's again" })).toBeVisible();
    await picture(page, 'quotas-person');
    await page.setViewportSize({ width: 1920, height: 1080 });
    await picture(page, 'quotas-person-1920');
    const set = await cloud.request('GET', `/compute/v2.1/os-quota-sets/${project.id}?user_id=${id}`);
    expect(set.body.quota_set).toMatchObject({ instances: 2, cores: 8 });
  });

  await test.step('that person sees them, and is stopped before the controller would', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const own = await context.newPage();
    await signIn(own, cloud, user);
    await own.getByRole('navigation').getByRole('link', { name: 'Quotas' }).click();
    const part = own.locator('section').filter({ hasText: 'Your own part' }).last();
    await expect(meter(part, 'Machines')).toHaveAttribute('aria-valuemax', '2');
    await expect(own.getByRole('button', { name: 'Change limits' })).toHaveCount(0);
    await picture(own, 'quotas-own');
    await own.goto(`${cloud.url}/launch`);
    const summary = own.getByRole('complementary', { name: 'To be launched' });
    const fill = meter(summary, 'Machines').locator('[data-state]');
    await expect(meter(summary, 'Machines')).toHaveAttribute('aria-valuenow', '1');
    await expect(meter(summary, 'Machines')).toHaveAttribute('aria-valuemax', '2');
    await expect(fill).toHaveAttribute('data-state', 'normal');
    await own.getByRole('textbox', { name: 'Number' }).fill('3');
    await expect(summary).toContainText('More than');
    await expect(fill).toHaveAttribute('data-state', 'full');
    await expect(own.getByRole('button', { name: /^Launch/ })).toBeDisabled();
    await picture(own, 'launch-over-limit');

    await own.goto(`${cloud.url}/keys`);
    await own.getByRole('button', { name: 'Create key' }).first().click();
    await expect(own.getByRole('dialog')).toContainText('Keys a person: 0 of 1 used');
    await picture(own, 'keys-limit');
    await own.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('only');
    await own.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await expect(own.getByRole('dialog', { name: /only/ })).toBeVisible();
    await own.reload();
    await own.getByRole('button', { name: 'Create key' }).first().click();
    await expect(own.getByRole('dialog').getByRole('alert')).toContainText(
      'Keys a person: 1 of 1 used, and this would be more',
    );

    await own.goto(`${cloud.url}/images`);
    await own.getByRole('button', { name: 'Upload image' }).first().click();
    await expect(own.getByRole('dialog')).toContainText(/Images: \d+ of 50 used/);
    await picture(own, 'image-upload-limit');
    await context.close();
  });

  await test.step('and in the panel of the project', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${cloud.url}/people/projects?panel=${project.id}&tab=quotas`);
    const panel = page.getByRole('complementary');
    await expect(meter(panel, 'Machines')).toHaveAttribute('aria-valuemax', '5');
    await panel.getByRole('combobox', { name: 'Limits of one person' }).click();
    await page.getByRole('option', { name: 'rob' }).click();
    await panel.getByRole('button', { name: "All of the project's again" }).click();
    await picture(page, 'project-quotas');
    await page.getByRole('dialog').getByRole('button', { name: "All of the project's again" }).click();
    await expect(panel.getByRole('button', { name: "All of the project's again" })).toHaveCount(0);
  });
  // Other files' tests share the cloud.
  await cloud.request('DELETE', `/v1/quotas/${project.id}`);
});
