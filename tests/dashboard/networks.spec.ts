import { expect, picture, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

test('a network of one’s own is made with its range, changed and deleted', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/networks`);
  const dialog = page.getByRole('dialog');
  const panel = page.getByRole('complementary');

  await test.step('what is wrong with a range is said before it is sent, and by whom it is refused', async () => {
    await page.getByRole('button', { name: 'Create network' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('lab');
    await dialog.getByRole('textbox', { name: 'Range' }).fill('192.168.30.5/24');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog).toContainText('The range begins at 192.168.30.0/24');
    await dialog.getByRole('textbox', { name: 'Range' }).fill('127.0.0.0/24');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog.getByRole('textbox', { name: 'Range' })).toHaveAttribute('aria-invalid', 'true');
    // The network without its range is not left behind.
    const left = await cloud.request('GET', '/network/v2.0/networks?name=lab');
    expect(left.body.networks).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Range' }).fill('192.168.30.0/24');
    await picture(page, 'network-create');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('row', { name: /lab Up 192\.168\.30\.0\/24/ })).toBeVisible();
  });

  await test.step('one of another project names it', async () => {
    const project = (await cloud.request('POST', '/identity/v3/projects', { project: { name: 'atelier' } })).body
      .project;
    const network = { name: 'theirs', project_id: project.id };
    const made = await cloud.request('POST', '/network/v2.0/networks', { network });
    expect(made.status).toBe(201);
    await expect(page.getByRole('row', { name: /theirs Up – atelier/ })).toBeVisible();
    await cloud.request('DELETE', `/network/v2.0/networks/${made.body.network.id}`);
  });

  await test.step('what is on it, and what people call it, is there', async () => {
    await page.getByRole('link', { name: 'lab' }).click();
    await expect(panel).toContainText('No machine is on this network.');
    const { networks } = (await cloud.request('GET', '/network/v2.0/networks?name=lab')).body;
    const port = { network_id: networks[0].id, name: 'printer', tags: ['second floor'] };
    expect((await cloud.request('POST', '/network/v2.0/ports', { port })).status).toBe(201);
    const row = panel.getByRole('listitem').filter({ hasText: 'printer' });
    await expect(row).toContainText('192.168.30.');
    await expect(row).toContainText('second floor');
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    await dialog.getByRole('combobox', { name: 'Tags' }).fill('trials');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(panel.getByText('trials')).toBeVisible();
  });

  await test.step('ranges come and go', async () => {
    await panel.getByRole('button', { name: 'Add range…' }).click();
    await dialog.getByRole('textbox', { name: 'Range' }).fill('192.168.31.0/24');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const added = panel.getByRole('region', { name: '192.168.31.0/24' });
    await expect(added).toContainText('192.168.31.1');
    await picture(page, 'network');
    await added.getByRole('button', { name: 'Actions of 192.168.31.0/24' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(added).toHaveCount(0);
  });

  await test.step('it is renamed and deleted; the default one cannot be', async () => {
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit…' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('workshop');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(panel).toHaveAccessibleName('workshop');
    const [port] = (await cloud.request('GET', '/network/v2.0/ports?name=printer')).body.ports;
    expect((await cloud.request('DELETE', `/network/v2.0/ports/${port.id}`)).status).toBe(204);
    await expect(panel).toContainText('No machine is on this network.');
    await panel.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('1 network', { exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'default' }).click();
    await panel.getByRole('button', { name: 'More actions' }).click();
    await expect(page.getByRole('menuitem', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true');
  });
});
