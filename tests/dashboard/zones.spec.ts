import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type RunningAgent, runAgent } from '../../agent/agent.ts';
import type { TestCloud } from '../cloud.ts';
import { expect, picture, signIn, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

let folder: string;
let second: RunningAgent | undefined;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-zones-'));
});
test.afterAll(async () => {
  await second?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Another host, which an aggregate puts into a zone. */
async function openZone(cloud: TestCloud, zone: string): Promise<{ close: () => Promise<void> }> {
  const host = `${zone}-1`;
  second ??= await runAgent({
    dataDir: folder,
    hostName: host,
    hypervisor: 'simulated',
    controllerFile: join(cloud.dataDir, 'controller.json'),
    secretFile: join(cloud.dataDir, 'secrets', 'agent'),
    log: pino({ level: 'silent' }),
  });
  await expect.poll(async () => JSON.stringify((await cloud.request('GET', '/v1/hosts')).body)).toContain(host);
  const path = '/compute/v2.1/os-aggregates';
  const { aggregate } = (await cloud.request('POST', path, { aggregate: { name: zone, availability_zone: zone } }))
    .body;
  const act = async (what: string) =>
    expect((await cloud.request('POST', `${path}/${aggregate.id}/action`, { [what]: { host } })).status).toBe(200);
  await act('add_host');
  return {
    close: async () => {
      await act('remove_host');
      expect((await cloud.request('DELETE', `${path}/${aggregate.id}`)).status).toBe(200);
    },
  };
}

test('a launch asks for a zone where there are several', async ({ signedIn: page, cloud, browser }) => {
  await launchMany(cloud, 'first', 1);
  await page.goto(`${cloud.url}/launch`);
  const zone = page.getByRole('combobox', { name: 'Availability zone' });
  const summary = page.getByRole('complementary', { name: 'To be launched' });
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).not.toHaveValue('');
  await expect(zone).toHaveCount(0);
  let north = await openZone(cloud, 'north');

  await test.step('it comes by itself, with how many hosts are up in each', async () => {
    await expect(zone).toHaveValue('Any zone');
    await zone.click();
    await expect(page.getByRole('option')).toHaveText(['Any zone', 'north (1 host up)', 'nova (1 host up)']);
    await page.getByRole('option', { name: 'north' }).click();
    await expect(summary).toContainText('north');
    await picture(page, 'launch-zone');
  });

  await test.step('one that is gone by now is refused at its field, and the rest stays as it was', async () => {
    await north.close();
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    await expect(zone).toHaveAccessibleDescription(/The requested availability zone is not available/);
    await expect(zone).toBeFocused();
    await expect(zone).toHaveValue('north');
    await picture(page, 'launch-zone-gone');
    north = await openZone(cloud, 'north');
    await expect(zone).toHaveValue('north (1 host up)');
  });

  await test.step('who may not see hosts is told the zones’ names', async () => {
    const { project } = (await cloud.request('POST', '/identity/v3/projects', { project: { name: 'team' } })).body;
    const person = { name: 'mark', password: 'secret of the team' };
    const { user } = (await cloud.request('POST', '/identity/v3/users', { user: person })).body;
    const [{ id: role }] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
    await cloud.request('PUT', `/identity/v3/projects/${project.id}/users/${user.id}/roles/${role}`);
    const theirs = await browser.newPage();
    await signIn(theirs, cloud, person);
    await expect(theirs.getByRole('navigation')).toBeVisible();
    await theirs.goto(`${cloud.url}/launch`);
    await theirs.getByRole('combobox', { name: 'Availability zone' }).click();
    await expect(theirs.getByRole('option')).toHaveText(['Any zone', 'north', 'nova']);
    await theirs.close();
  });

  await test.step('the machine is in the zone that was chosen', async () => {
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('in-the-north');
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    await expect(page).toHaveURL(/\?tab=screen$/);
    const { servers } = (await cloud.request('GET', '/compute/v2.1/servers/detail?name=in-the-north')).body;
    expect(servers).toEqual([expect.objectContaining({ 'OS-EXT-AZ:availability_zone': 'north' })]);
    // Its host ends before the cloud does.
    await cloud.request('DELETE', `/compute/v2.1/servers/${servers[0].id}`);
    const left = async () => (await cloud.request('GET', '/compute/v2.1/servers?name=in-the-north')).body.servers;
    await expect.poll(left).toEqual([]);
  });
});
