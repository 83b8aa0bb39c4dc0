import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

// Before there are machines: a host keeps its zone while it carries any.
test('an administrator gathers hosts, which become a zone', async ({ signedIn: page, cloud }) => {
  const [host] = (await cloud.request('GET', '/v1/hosts')).body.hosts;
  await page.goto(`${cloud.url}/aggregates`);
  await page.getByRole('button', { name: 'Create aggregate' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('rack 1');
  await dialog.getByRole('textbox', { name: 'Availability zone' }).fill('a:b');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(dialog).toContainText('A zone has no colon in its name');
  await dialog.getByRole('textbox', { name: 'Availability zone' }).fill('north');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('link', { name: 'rack 1' }).click();
  const panel = page.getByRole('complementary');

  await test.step('a host comes and goes', async () => {
    await panel.getByRole('combobox', { name: 'Host' }).click();
    await page.getByRole('option', { name: host.name }).click();
    await expect(panel.getByRole('listitem').filter({ hasText: host.name })).toBeVisible();
    await expect.poll(async () => (await cloud.request('GET', '/v1/hosts')).body.hosts[0].zone).toBe('north');
  });

  await test.step('with hosts in it, it is not deleted', async () => {
    await panel.getByRole('button', { name: 'More actions' }).click();
    const remove = page.getByRole('menuitem', { name: 'Delete' });
    await expect(remove).toHaveAttribute('aria-disabled', 'true');
    await expect(remove).toHaveAccessibleDescription('Take its hosts out first');
    await page.keyboard.press('Escape');
  });

  await test.step('what flavors ask for', async () => {
    await panel.getByRole('button', { name: 'Edit metadata…' }).click();
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('ssd');
    await dialog.getByRole('textbox', { name: 'Value' }).fill('true');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(panel).toContainText('ssd');
    await picture(page, 'aggregate');
  });

  await test.step('it is emptied and deleted', async () => {
    await panel.getByRole('button', { name: `Take out ${host.name}` }).click();
    await expect(panel).toContainText('No host is in it');
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No host aggregates')).toBeVisible();
  });
});

test('machines are kept apart or together by a group that is chosen at their launch', async ({
  signedIn: page,
  cloud,
}) => {
  await launchMany(cloud, 'first', 1);
  await page.goto(`${cloud.url}/server-groups`);
  await expect(page.getByText('No server groups')).toBeVisible();
  await picture(page, 'server-groups-empty');

  await test.step('it is made, and what is missing is said', async () => {
    await page.getByRole('button', { name: 'Create server group' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog).toContainText('Enter a name');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('databases');
    await picture(page, 'server-group-create');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('row', { name: /databases Apart 0 1/ })).toBeVisible();
  });

  await test.step('a machine is launched into it', async () => {
    await page.getByRole('link', { name: 'databases' }).click();
    const panel = page.getByRole('complementary');
    await expect(panel).toContainText('No machine is in it');
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Launch a machine into it' }).click();
    await expect(page.getByRole('combobox', { name: 'Server group' })).toHaveValue('databases (Apart)');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('db-1');
    await expect(page.getByRole('complementary', { name: 'To be launched' })).toContainText('databases');
    await picture(page, 'launch-into-group');
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    await expect(page).toHaveURL(/\?tab=screen$/);
    await page.getByRole('link', { name: 'Server groups' }).click();
    await page.getByRole('link', { name: 'databases' }).click();
    await expect(panel.getByRole('link', { name: 'db-1' })).toBeVisible();
    await picture(page, 'server-group');
  });

  await test.step('it is deleted, and its machine stays', async () => {
    await page.getByRole('complementary').getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No server groups')).toBeVisible();
    await expect(page.getByRole('complementary')).toHaveCount(0);
    const { body } = await cloud.request('GET', '/compute/v2.1/servers?name=db-1');
    expect(body.servers).toHaveLength(1);
  });
});
