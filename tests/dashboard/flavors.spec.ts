import { expect, picture, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

test('a flavor is made, refined and deleted', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/flavors`);
  await expect(page.getByText('7 flavors')).toBeVisible();
  await picture(page, 'flavors');

  await test.step('what is wrong is said at its field', async () => {
    await page.getByRole('button', { name: 'Create flavor' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toContainText('Enter a name');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('m1.tiny');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toContainText('Flavor with name m1.tiny already exists.');
    await picture(page, 'flavor-create');
  });

  await test.step('amounts are in the unit one likes', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web & more');
    await dialog.getByRole('textbox', { name: 'vCPUs' }).fill('3');
    await dialog.getByRole('combobox', { name: 'Unit of Memory' }).click();
    await page.getByRole('option', { name: 'GiB' }).click();
    await dialog.getByRole('textbox', { name: 'Memory' }).fill('1.5');
    await dialog.getByRole('textbox', { name: 'Disk', exact: true }).fill('12');
    await dialog.getByRole('switch', { name: 'Public' }).uncheck({ force: true });
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('row', { name: /web & more 3 1.5 GiB 12 GiB .*Chosen projects/ })).toBeVisible();
  });

  await test.step('it has extra specs and its projects', async () => {
    await page.getByRole('link', { name: 'web & more' }).click();
    const panel = page.getByRole('complementary');
    await expect(panel).toContainText('No project yet.');
    await panel.getByLabel('Name or ID of a project').fill('admin');
    await panel.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(panel.getByRole('listitem').filter({ hasText: 'admin' })).toBeVisible();
    await page.getByRole('button', { name: 'Edit extra specs…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('combobox', { name: 'Name' }).fill('hw:cpu_polcy');
    await dialog.getByRole('textbox', { name: 'Value' }).fill('shared');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('hw:cpu_polcy');
    await dialog.getByRole('combobox', { name: 'Name' }).fill('hw:cpu_policy');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('complementary')).toContainText('hw:cpu_policy');
    await picture(page, 'flavor');
  });

  await test.step('it is deleted', async () => {
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('complementary')).toHaveCount(0);
    await page
      .getByRole('row', { name: /web & more/ })
      .getByRole('checkbox')
      .check({ force: true });
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('dialog')).toContainText('Delete flavor “web & more”?');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('7 flavors')).toBeVisible();
  });
});
