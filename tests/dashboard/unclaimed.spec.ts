import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestCloud, until } from '../cloud.ts';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'simulated' });

/** Launched on its host, and forgotten by the database. */
async function forgotten(cloud: TestCloud, name: string): Promise<string> {
  const image = await cloud.request('POST', '/image/v2/images', {
    ...{ name: 'tiny', disk_format: 'raw', container_format: 'bare', visibility: 'public' },
  });
  await fetch(`${cloud.url}/image/v2/images/${image.body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(1024, name),
  });
  const server = { name, imageRef: image.body.id, flavorRef: '42', networks: 'auto' };
  const headers = { 'openstack-api-version': 'compute 2.90' };
  const launched = await cloud.request('POST', '/compute/v2.1/servers', { server }, headers);
  const { id } = launched.body.server;
  await until(`${name} to run`, 30, async () => {
    const { body } = await cloud.request('GET', `/compute/v2.1/servers/${id}`, undefined, headers);
    return body.server.status === 'ACTIVE' ? true : undefined;
  });
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'));
  // The cloud is in this very process: whoever waits for its transaction without letting it go on waits for ever.
  await until('the database to be free', 30, async () => {
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN IMMEDIATE');
      return true;
    } catch {
      return undefined;
    }
  });
  for (const statement of [
    'DELETE FROM network_ip_allocation WHERE port_id IN (SELECT id FROM network_port WHERE device_id = ?)',
    'DELETE FROM network_port WHERE device_id = ?',
    'DELETE FROM scheduler_allocation WHERE server_id = ?',
    'DELETE FROM compute_server WHERE id = ?',
  ]) {
    database.prepare(statement).run(id);
  }
  database.exec(`UPDATE scheduler_host SET machines = machines - 1, used_vcpus = used_vcpus - 1,
    used_memory_mib = used_memory_mib - 128, used_disk_gib = used_disk_gib - 1`);
  database.exec('COMMIT');
  database.close();
  return id;
}

async function measure(cloud: TestCloud): Promise<void> {
  const { body } = await cloud.request('GET', '/v1/hosts');
  await cloud.request('POST', `/v1/hosts/${body.hosts[0].id}/measure`);
}

test('what nobody knows shows under hosts, is adopted into a project, and removed by its name', async ({
  signedIn: page,
  cloud,
  browser,
}) => {
  const project = { name: 'accounting', domain_id: 'default' };
  await cloud.request('POST', '/identity/v3/projects', { project });

  await page.getByRole('link', { name: 'Hosts' }).click();
  await page.getByRole('tab', { name: 'Unclaimed' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is unclaimed' })).toBeVisible();
  await picture(page, 'unclaimed-none');
  const tabs = page.getByRole('tablist');
  const height = await tabs.evaluate((each) => each.clientHeight);

  const ids = [await forgotten(cloud, 'ledger-db'), await forgotten(cloud, 'old-web')];
  await measure(cloud);
  // By itself: events tell.
  await expect(page.getByRole('row', { name: /ledger-db/ })).toBeVisible();
  await expect(page.getByRole('tab', { name: /^Unclaimed\s*2$/ })).toBeVisible();
  expect(await tabs.evaluate((each) => each.clientHeight), 'the count moves nothing').toBe(height);
  await picture(page, 'unclaimed-list');

  await page.getByRole('row', { name: /ledger-db/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Adopt' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Project' }).click();
  await page.getByRole('option', { name: 'accounting' }).click();
  await picture(page, 'unclaimed-adopt');
  await dialog.getByRole('button', { name: 'Adopt' }).click();
  await expect(page.getByText('ledger-db is a machine of the project now.')).toBeVisible();
  await expect(page.getByRole('row', { name: /ledger-db/ })).toBeHidden();
  const list = await cloud.request('GET', '/compute/v2.1/servers/detail?all_tenants=1&name=ledger-db');
  expect(list.body.servers).toMatchObject([{ id: ids[0], name: 'ledger-db', status: 'ACTIVE' }]);

  await page.getByRole('row', { name: /old-web/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  const question = page.getByRole('dialog');
  const confirm = question.getByRole('button', { name: 'Remove' });
  await expect(confirm).toBeDisabled();
  await question.getByRole('textbox').fill('old-web');
  await picture(page, 'unclaimed-remove');
  await confirm.click();
  await expect(page.getByRole('heading', { name: 'Nothing is unclaimed' })).toBeVisible();

  await test.step('who may not see it has no such tab', async () => {
    const user = { name: 'uma', password: 'secret of uma' };
    const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
    const [role] = (await cloud.request('GET', '/identity/v3/roles?name=reader')).body.roles;
    const [admin] = (await cloud.request('GET', '/identity/v3/projects?name=admin')).body.projects;
    await cloud.request('PUT', `/identity/v3/projects/${admin.id}/users/${id}/roles/${role.id}`);
    const context = await browser.newContext();
    const other = await context.newPage();
    await signIn(other, cloud, user);
    await other.getByRole('link', { name: 'Hosts' }).click();
    await expect(other.getByRole('heading', { name: 'Hosts' })).toBeVisible();
    await expect(other.getByRole('tab', { name: 'Unclaimed' })).toBeHidden();
    // No other project has what is of the cloud.
    await other.goto(`${cloud.url}/backups`);
    await expect(other.getByRole('heading', { name: '“Backups” is not open to you' })).toBeVisible();
    await expect(other.getByText('Needs the role admin here. Ask an administrator for it.')).toBeVisible();
    await context.close();
  });
});
