import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

test('a machine says how it starts with its host, and the order is drawn', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'db', 1);
  await launchMany(cloud, 'web', 1);
  await page.getByRole('link', { name: 'web' }).click();
  await page.getByRole('tab', { name: 'Start-up' }).click();
  const order = page.getByRole('list', { name: 'Order of start' });
  await expect(order.getByRole('list')).toHaveCount(1);
  await expect(page.getByText('It waits for no other machine.')).toBeVisible();
  await picture(page, 'machine-startup-none');

  await test.step('what is missing is said at its field', async () => {
    await page.getByRole('button', { name: 'Wait for a machine' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Choose a machine', { exact: true })).toBeVisible();
    await expect(page.getByText('Enter a port')).toBeVisible();
  });

  await test.step('it waits for the other one', async () => {
    await page.getByRole('combobox', { name: 'Machine', exact: true }).click();
    await page.getByRole('option', { name: 'db' }).click();
    await page.getByRole('textbox', { name: 'Port' }).fill('5432');
    await page.getByRole('combobox', { name: 'When the computer it runs on starts' }).click();
    await page.getByRole('option', { name: 'Always' }).click();
    await page.getByRole('textbox', { name: 'Order' }).fill('2');
    await page.getByRole('textbox', { name: 'Delay' }).fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(order.getByRole('list', { name: 'Wave 2' })).toContainText('after db: to answer on 5432');
    await expect(order.getByRole('list', { name: 'Wave 2' })).toContainText('always');
    await expect(order.getByRole('list', { name: 'Wave 1' })).toContainText('db');
    await picture(page, 'machine-startup');
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Port' })).toHaveValue('5432');
    await expect(page.getByRole('textbox', { name: 'Order' })).toHaveValue('2');
  });

  await test.step('a circle is refused by name', async () => {
    await order.getByRole('link', { name: 'db' }).click();
    await expect(page.getByRole('heading', { name: 'db' })).toBeVisible();
    await page.getByRole('button', { name: 'Wait for a machine' }).click();
    await page.getByRole('combobox', { name: 'Machine', exact: true }).click();
    await page.getByRole('option', { name: 'web' }).click();
    await page.getByRole('combobox', { name: 'Until' }).click();
    await page.getByRole('option', { name: 'it runs' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('db for web, which waits for db');
    await page.getByRole('button', { name: 'Undo changes' }).click();
    await expect(page.getByText('It waits for no other machine.')).toBeVisible();
  });
});
