import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

test('machines are handled as one: made a group, put in order, shut down and started', async ({
  signedIn: page,
  cloud,
}) => {
  await launchMany(cloud, 'db', 1);
  await launchMany(cloud, 'web', 1);
  await page.getByRole('navigation').getByRole('link', { name: 'Machine groups' }).click();
  await expect(page.getByRole('heading', { name: 'No machine groups' })).toBeVisible();
  await picture(page, 'machine-groups-none');

  await test.step('what is missing is said at its field', async () => {
    await page.getByRole('button', { name: 'Create machine group' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Create a machine group' });
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog.getByText('Enter a name without comma and slash')).toBeVisible();
    await expect(dialog.getByText('Choose the machines')).toBeVisible();
    await picture(page, 'machine-group-create');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('shop');
    const machines = dialog.getByRole('combobox', { name: 'Machines' });
    for (const name of ['db', 'web']) {
      await machines.click();
      await page.getByRole('option', { name }).click();
    }
    await page.keyboard.press('Tab');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog).toBeHidden();
  });

  const row = page.getByRole('row', { name: /shop/ });
  const panel = page.getByRole('complementary', { name: 'shop' });
  await test.step('one waits for the other', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Machines', exact: true }).click();
    await page.getByRole('link', { name: 'web' }).click();
    await page.getByRole('tab', { name: 'Start-up' }).click();
    await page.getByRole('button', { name: 'Wait for a machine' }).click();
    await page.getByRole('combobox', { name: 'Machine', exact: true }).click();
    await page.getByRole('option', { name: 'db' }).click();
    await page.getByRole('combobox', { name: 'Until' }).click();
    await page.getByRole('option', { name: 'it runs' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('list', { name: 'Wave 2' })).toContainText('after db: to run');
    await page.getByRole('navigation').getByRole('link', { name: 'Machine groups' }).click();
    await row.getByText('shop').click();
    await expect(panel.getByRole('list', { name: 'Wave 1' })).toContainText('db');
    await expect(panel.getByRole('list', { name: 'Wave 2' })).toContainText('web');
    await picture(page, 'machine-group');
  });

  await test.step('shut down, then started', async () => {
    await panel.getByRole('button', { name: 'Shut down' }).click();
    const question = page.getByRole('dialog', { name: 'Shut down the machines of shop?' });
    await picture(page, 'machine-group-stop');
    await question.getByRole('button', { name: 'Shut down' }).click();
    await expect(row.getByRole('gridcell')).toContainText(['', 'shop', '2', '0', '2', '']);
    await panel.getByRole('button', { name: 'Start' }).click();
    await expect(row.getByRole('gridcell')).toContainText(['', 'shop', '2', '2', '0', '']);
    await picture(page, 'machine-group-started');
  });
});
