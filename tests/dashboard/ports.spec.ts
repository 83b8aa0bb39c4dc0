import { randomUUID } from 'node:crypto';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const MAC = 'fa:16:3e:00:00:01';

test('a port is made on a network, deleted, and taken back', async ({ signedIn: page, cloud }) => {
  const post = async (path: string, body: unknown) => {
    const answer = await cloud.request('POST', `/network/v2.0/${path}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body;
  };
  const { network } = await post('networks', { network: { name: 'lab' } });
  await page.goto(`${cloud.url}/networks?panel=${network.id}`);
  const dialog = page.getByRole('dialog');
  const panel = page.getByRole('complementary');
  const add = panel.getByRole('button', { name: 'Add port…' });
  const field = (name: string) => dialog.getByRole('textbox', { name, exact: true });
  const row = (text: string) => panel.getByRole('listitem').filter({ hasText: text });
  const create = dialog.getByRole('button', { name: 'Create', exact: true });

  await test.step('without a range it can have no address, and the form says so', async () => {
    await expect(panel).toContainText('A port added here keeps an address');
    await add.click();
    await expect(dialog).toContainText('machines get no address on it');
    await expect(field('Address')).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(add).toBeFocused();
    await post('subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '192.168.40.0/24' } });
    await expect(panel.getByRole('region', { name: '192.168.40.0/24' })).toBeVisible();
  });

  await test.step('what is wrong is said at its field, by the form and by the network', async () => {
    await add.click();
    await field('Name').fill('printer');
    await field('Description').fill('beside the stairs');
    await field('Address').fill('192.168.40.300');
    await field('Hardware address (MAC)').fill('fb:16:3e:00:00:01');
    await create.click();
    await expect(field('Address')).toHaveAccessibleDescription(/An address such as/);
    await expect(field('Hardware address (MAC)')).toHaveAccessibleDescription(/An address of one card/);
    await field('Hardware address (MAC)').fill(MAC);
    await field('Address').fill('10.1.1.1');
    await create.click();
    await expect(field('Address')).toHaveAccessibleDescription(/no subnet of the network holds that address/);
    await picture(page, 'port-create');
    await field('Address').fill('192.168.40.9');
    await create.click();
    await expect(dialog).toHaveCount(0);
    for (const text of ['Unused', 'beside the stairs', '192.168.40.9', MAC]) {
      await expect(row('printer')).toContainText(text);
    }
  });

  await test.step('what another port has is not given twice', async () => {
    await add.click();
    await field('Hardware address (MAC)').fill(MAC.toUpperCase());
    await create.click();
    await expect(field('Hardware address (MAC)')).toHaveAccessibleDescription(/is in use/);
    await field('Hardware address (MAC)').fill('');
    await field('Address').fill('192.168.40.9');
    await create.click();
    await expect(field('Address')).toHaveAccessibleDescription(/already allocated/);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('by keyboard alone, with whatever address is free, or with none', async () => {
    await add.focus();
    await page.keyboard.press('Enter');
    await expect(field('Name')).toBeFocused();
    await page.keyboard.type('scales');
    await page.keyboard.press('Enter');
    await expect(row('scales')).toContainText('192.168.40.');
    await add.focus();
    await page.keyboard.press('Enter');
    await expect(field('Name')).toBeFocused();
    await page.keyboard.type('sniffer');
    await dialog.getByRole('combobox', { name: 'Range' }).click();
    await page.getByRole('option', { name: 'No address' }).click();
    await expect(field('Address')).toHaveCount(0);
    await create.click();
    await expect(row('sniffer')).toContainText('–');
  });

  await test.step('a machine’s port goes with the machine only', async () => {
    const used = { network_id: network.id, name: 'eth0', device_owner: 'compute:nova', device_id: randomUUID() };
    await post('ports', { port: used });
    await row('eth0').getByRole('button', { name: 'Actions of eth0' }).click();
    const remove = page.getByRole('menuitem', { name: 'Delete' });
    await expect(remove).toHaveAttribute('aria-disabled', 'true');
    await expect(remove).toHaveAccessibleDescription('A machine uses it: delete the machine first');
    await picture(page, 'port-in-use');
    await page.keyboard.press('Escape');
  });

  const askToDelete = async (name: string) => {
    await row(name)
      .getByRole('button', { name: `Actions of ${name}` })
      .click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(dialog).toContainText(`Delete the port ${name}?`);
  };
  const confirm = dialog.getByRole('button', { name: 'Delete' });

  await test.step('the network’s reason is shown where a machine has taken it meanwhile', async () => {
    await askToDelete('scales');
    const [port] = (await cloud.request('GET', '/network/v2.0/ports?name=scales')).body.ports;
    const taken = { port: { device_owner: 'compute:nova', device_id: randomUUID() } };
    expect((await cloud.request('PUT', `/network/v2.0/ports/${port.id}`, taken)).status).toBe(200);
    await confirm.click();
    await expect(page.getByRole('alert').filter({ hasText: 'is in use by machine' })).toBeVisible();
    await expect(row('scales')).toBeVisible();
  });

  await test.step('it is deleted, and made again with its addresses', async () => {
    await askToDelete('printer');
    await expect(dialog).toContainText('its ID will be another');
    await confirm.click();
    await expect(row('printer')).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    for (const text of ['beside the stairs', '192.168.40.9', MAC]) await expect(row('printer')).toContainText(text);
    await picture(page, 'ports');
  });
});

test('on the shared network of another project one takes the address one is given', async ({ page, cloud }) => {
  const { project } = (await cloud.request('POST', '/identity/v3/projects', { project: { name: 'team' } })).body;
  const person = { name: 'mark', password: 'secret of the team' };
  const { user } = (await cloud.request('POST', '/identity/v3/users', { user: person })).body;
  const [{ id: role }] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
  await cloud.request('PUT', `/identity/v3/projects/${project.id}/users/${user.id}/roles/${role}`);
  const common = { name: 'common', shared: true };
  const { network } = (await cloud.request('POST', '/network/v2.0/networks', { network: common })).body;
  const subnet = { network_id: network.id, ip_version: 4, cidr: '192.168.50.0/24' };
  expect((await cloud.request('POST', '/network/v2.0/subnets', { subnet })).status).toBe(201);
  await signIn(page, cloud, person);
  await expect(page.getByRole('navigation')).toBeVisible();
  await page.goto(`${cloud.url}/networks?panel=${network.id}`);
  const panel = page.getByRole('complementary');
  const dialog = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Add port…' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Range' })).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Address' })).toHaveCount(0);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('kept');
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  const row = panel.getByRole('listitem').filter({ hasText: 'kept' });
  await expect(row).toContainText('192.168.50.');

  // It cannot be made again as it was, so nobody says that it can.
  await row.getByRole('button', { name: 'Actions of kept' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(dialog).not.toContainText('Undo');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
});
