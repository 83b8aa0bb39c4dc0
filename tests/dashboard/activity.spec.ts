import { signIn as tokenOf } from '../cloud.ts';
import { expect, picture, signIn, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({ hypervisor: 'simulated' });

/** More than a page of events or of the audit trail. */
const CHANGES = 520;
/** More than a page of tasks. */
const MACHINES = 101;
const PASSWORD = 'secret of the team';
/** Longer than any column is wide. */
const RITA = 'rita of the accounting department on the second floor at the back';

test('a long history is read page by page, and says so', async ({ signedIn: page, cloud }) => {
  const about = { name: 'often changed', disk_format: 'raw', container_format: 'bare' };
  const { id } = (await cloud.request('POST', '/image/v2/images', about)).body;
  const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  for (let number = 1; number <= CHANGES; number += 1) {
    const change = [{ op: 'replace', path: '/min_disk', value: number }];
    expect((await cloud.request('PATCH', `/image/v2/images/${id}`, change, headers)).status).toBe(200);
  }

  await test.step('of everything', async () => {
    await page.goto(`${cloud.url}/activity`);
    await expect(page.getByText('The newest 500 events')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search events' }).fill('record made');
    await expect(page.getByText('Nothing matches.')).toBeVisible();
    await picture(page, 'activity-older');
    await page.getByRole('button', { name: 'Load older events' }).click();
    await expect(page.getByRole('row', { name: /Image record made.*often changed/ })).toBeVisible();
  });

  await test.step('of one thing', async () => {
    await page.goto(`${cloud.url}/images/${id}`);
    await expect(page.getByText('Image changed').first()).toBeVisible();
    await expect(page.getByText('Image record made')).toHaveCount(0);
    await page.getByRole('button', { name: 'Load older events' }).click();
    await expect(page.getByText('Image record made')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Load older events' })).toHaveCount(0);
  });

  await test.step('of the audit trail', async () => {
    await page.goto(`${cloud.url}/activity?tab=audit`);
    await expect(page.getByText('The newest 500 records')).toBeVisible();
    await page.getByRole('searchbox', { name: 'Search the audit trail' }).fill('add_image');
    await expect(page.getByText('Nothing matches.')).toBeVisible();
    await page.getByRole('button', { name: 'Load older records' }).click();
    await expect(page.getByRole('row', { name: /add_image/ })).toBeVisible();
  });
});

test('what was told of by its id alone is called by its name', async ({ signedIn: page, cloud }) => {
  const { id } = (await cloud.request('POST', '/identity/v3/projects', { project: { name: 'foundry' } })).body.project;
  const user = { name: 'vera', password: PASSWORD };
  const vera = (await cloud.request('POST', '/identity/v3/users', { user })).body.user.id;
  expect((await cloud.request('PUT', `/v1/quotas/${id}`, { limits: { instances: 3 } })).status).toBe(200);
  expect((await cloud.request('DELETE', `/identity/v3/users/${vera}`)).status).toBe(204);
  await page.goto(`${cloud.url}/activity`);
  await expect(page.getByRole('row', { name: /Quota changed Limits foundry/ })).toBeVisible();
  await page.getByRole('tab', { name: 'Audit' }).click();
  // She is there no more, and the record of her making tells her name.
  await expect(page.getByRole('row', { name: /delete_user vera/ })).toBeVisible();
  await page.getByRole('row', { name: /quotas:update foundry/ }).dblclick();
  await expect(page.getByRole('complementary')).toContainText('foundry');
});

test('all tasks are there, a hundred at a time', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'busy', MACHINES);
  await page.goto(`${cloud.url}/activity?tab=tasks`);
  await expect(page.getByText('The newest 100 tasks')).toBeVisible();
  await picture(page, 'tasks-many');
  await page.getByRole('button', { name: 'Load older tasks' }).click();
  await expect(page.getByText(`${MACHINES} tasks`, { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Load older tasks' })).toHaveCount(0);
});

test('who works in a project sees what happens there, and who gives whom which role', async ({ page, cloud }) => {
  const make = async (things: string, thing: string, values: object) =>
    (await cloud.request('POST', `/identity/v3/${things}`, { [thing]: values })).body[thing].id as string;
  const team = await make('projects', 'project', { name: 'atelier' });
  const elsewhere = await make('projects', 'project', { name: 'faraway' });
  const mira = await make('users', 'user', { name: 'mira', password: PASSWORD, default_project_id: team });
  const rita = await make('users', 'user', { name: RITA, password: PASSWORD });
  const roleOf = async (name: string) =>
    (await cloud.request('GET', `/identity/v3/roles?name=${name}`)).body.roles[0].id;
  const [member, reader] = [await roleOf('member'), await roleOf('reader')];
  const grant = async (method: 'PUT' | 'DELETE', project: string, user: string, role: string) =>
    expect((await cloud.request(method, `/identity/v3/projects/${project}/users/${user}/roles/${role}`)).status).toBe(
      204,
    );
  await grant('PUT', team, mira, member);
  await signIn(page, cloud, { name: 'mira', password: PASSWORD });
  await expect(page.getByRole('button', { name: 'Account mira, project atelier' })).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Activity' }).click();
  const row = (name: string | RegExp) => page.getByRole('row', { name });
  await expect(row('admin gave mira the role member in atelier')).toBeVisible();

  await test.step('as it happens', async () => {
    await grant('PUT', elsewhere, rita, reader);
    await grant('PUT', team, rita, reader);
    await expect(row(`admin gave ${RITA} the role reader in atelier`)).toBeVisible();
    await grant('DELETE', team, rita, reader);
    await expect(row(`admin took the role reader in atelier from ${RITA}`)).toBeVisible();
    const headers = { 'x-auth-token': await tokenOf(cloud.url, PASSWORD, 'mira', 'atelier') };
    const image = { name: 'disk of the team', disk_format: 'raw', container_format: 'bare' };
    expect((await cloud.request('POST', '/image/v2/images', image, headers)).status).toBe(201);
    await expect(row(/Image record made.*disk of the team/)).toBeVisible();
    const project = { description: 'They make things.' };
    expect((await cloud.request('PATCH', `/identity/v3/projects/${team}`, { project })).status).toBe(200);
    await expect(row(/Project changed.*atelier/)).toBeVisible();
    await picture(page, 'activity-project');
  });

  await test.step('in full where a cell is too short for it', async () => {
    const sentence = `admin gave ${RITA} the role reader in atelier`;
    const cell = page.getByRole('gridcell', { name: sentence });
    await cell.hover();
    await expect(cell).toHaveAttribute('title', sentence);
  });

  await test.step('and nothing of other projects', async () => {
    await expect(row(/faraway/)).toHaveCount(0);
  });

  await test.step('in Chinese', async () => {
    await page.evaluate(() => localStorage.setItem('cumulet.language', 'zh-CN'));
    await page.reload();
    await expect(row(`admin 将 atelier 中的角色 reader 授予 ${RITA}`)).toBeVisible();
    await expect(row(`admin 撤销了 ${RITA} 在 atelier 中的角色 reader`)).toBeVisible();
    await picture(page, 'activity-project-zh');
  });
});
