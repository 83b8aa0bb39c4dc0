import { expect, picture, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

test('a host is kept from new machines, with the reason, and is given back', async ({ signedIn: page, cloud }) => {
  const shown = async () => (await cloud.request('GET', '/v1/hosts')).body.hosts[0];
  const { name } = await shown();
  const { aggregate } = (await cloud.request('POST', '/compute/v2.1/os-aggregates', { aggregate: { name: 'rack 1' } }))
    .body;
  await cloud.request('POST', `/compute/v2.1/os-aggregates/${aggregate.id}/action`, { add_host: { host: name } });
  await page.goto(`${cloud.url}/hosts`);
  const dialog = page.getByRole('dialog');
  const panel = page.getByRole('complementary');
  const row = page.getByRole('row', { name });
  // What hears the keys is there when the page is.
  await expect(row).toBeVisible();
  const command = async (wanted: string) => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('A page, an action').fill(wanted);
    await expect(dialog.getByRole('button', { name: wanted }).first()).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
  };

  await test.step('found by its name, with its zone and its aggregates', async () => {
    await command(name);
    await expect(panel).toHaveAccessibleName(name);
    await expect(panel).toContainText('nova');
    await expect(panel.getByRole('link', { name: 'rack 1' })).toBeVisible();
  });

  await test.step('disabled from its menu', async () => {
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Disable…' }).click();
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('a fan is loud');
    await picture(page, 'host-disable');
    await dialog.getByRole('button', { name: 'Disable', exact: true }).click();
    await expect(panel).toContainText('None: a fan is loud');
    await expect(row).toContainText('Disabled');
    expect(await shown()).toMatchObject({ disabledReason: 'a fan is loud' });
    await picture(page, 'host-disabled');
  });

  await test.step('enabled from the palette, and that is taken back with its reason', async () => {
    await command(`Enable: ${name}`);
    await expect(row).toContainText('Up');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(panel).toContainText('None: a fan is loud');
    await command(`Enable: ${name}`);
    await expect(row).toContainText('Up');
  });

  await test.step('forced down only where it does not answer', async () => {
    await panel.getByRole('button', { name: 'More actions' }).click();
    const force = page.getByRole('menuitem', { name: 'Force down', exact: true });
    await expect(force).toHaveAttribute('aria-disabled', 'true');
    await expect(force).toHaveAccessibleDescription(/The host answers/);
    await page.keyboard.press('Escape');
    await launchMany(cloud, 'stays', 1);
    await cloud.stopAgent();
    await expect.poll(async () => (await shown()).isAway).toBe(true);
    await panel.getByRole('button', { name: 'More actions' }).click();
    await force.click();
    await dialog.getByRole('button', { name: 'Force down' }).click();
    await expect(row).toContainText('Forced down');
    await picture(page, 'host-forced-down');
    await command(`No longer forced down: ${name}`);
    await expect(row).not.toContainText('Forced down');
  });
});
