import { randomBytes } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { type TestCloud, signIn as tokenOf } from '../cloud.ts';
import { expect, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'simulated' });

const PASSWORD = 'secret of the team';
const TEAM = { rita: 'reader', mark: 'member', mona: 'manager', ada: 'admin' };

let machine: string;
let image: string;

/** A project with a reader, a member, a manager and an administrator, and a machine, an image and a key that the member made. */
test.beforeAll(async ({ cloud }) => {
  const { project } = (await cloud.request('POST', '/identity/v3/projects', { project: { name: 'team' } })).body;
  for (const [name, role] of Object.entries(TEAM)) {
    const user = { name, password: PASSWORD, default_project_id: project.id };
    const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
    const [{ id: roleId }] = (await cloud.request('GET', `/identity/v3/roles?name=${role}`)).body.roles;
    const grant = `/identity/v3/projects/${project.id}/users/${id}/roles/${roleId}`;
    expect((await cloud.request('PUT', grant)).status).toBe(204);
  }
  const headers = {
    'x-auth-token': await tokenOf(cloud.url, PASSWORD, 'mark', 'team'),
    'openstack-api-version': 'compute 2.90',
  };
  const about = { name: 'disk', disk_format: 'raw', container_format: 'bare' };
  image = (await cloud.request('POST', '/image/v2/images', about, headers)).body.id;
  const upload = await fetch(`${cloud.url}/image/v2/images/${image}/file`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: randomBytes(1024 * 1024),
  });
  expect(upload.status).toBe(204);
  const server = { name: 'web', imageRef: image, flavorRef: '42', networks: 'auto' };
  const made = await cloud.request('POST', '/compute/v2.1/servers', { server }, headers);
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  machine = made.body.server.id;
  await expect
    .poll(
      async () =>
        (await cloud.request('GET', `/compute/v2.1/servers/${machine}`, undefined, headers)).body.server.status,
    )
    .toBe('ACTIVE');
});

/** What a page did that somebody without the right to it must not be led to. */
interface Walk {
  /** Answers with 403. */
  refused: string[];
  /** Requests that would change something. */
  changes: string[];
  /** Dialogs that a control opened. */
  dialogs: Set<string>;
  /** Controls that cannot be used and do not say why. */
  unexplained: Set<string>;
}

function watch(page: Page): Walk {
  const walk: Walk = { refused: [], changes: [], dialogs: new Set(), unexplained: new Set() };
  const where = (): string => new URL(page.url()).pathname + new URL(page.url()).search;
  page.on('response', (response) => {
    if (response.status() !== 403) return;
    walk.refused.push(`${response.request().method()} ${new URL(response.url()).pathname} on ${where()}`);
  });
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const isSignIn = pathname.endsWith('/auth/tokens');
    if (request.method() !== 'GET' && !isSignIn) walk.changes.push(`${request.method()} ${pathname} on ${where()}`);
  });
  return walk;
}

/** Long enough for what a click opens, and for a request it sends. */
const SETTLED_MS = 120;
const OFF = '[disabled], [aria-disabled=true]';

/** Opens a page and uses everything on it, or in the panel beside a list, that can be used. */
async function exercise(page: Page, url: string, walk: Walk): Promise<void> {
  await open(page, url);
  const part = page.getByRole(url.includes('panel=') ? 'complementary' : 'main');
  const tabs = await part.getByRole('tab').allInnerTexts();
  if (tabs.length === 0) return await pressAll(page, part, walk);
  for (const tab of tabs) {
    await part.getByRole('tab', { name: tab, exact: true }).click();
    await page.waitForTimeout(SETTLED_MS * 2);
    await pressAll(page, part, walk);
  }
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0);
  await page.waitForTimeout(SETTLED_MS);
}

async function pressAll(page: Page, part: Locator, walk: Walk): Promise<void> {
  const url = page.url();
  await noteUnexplained(part.getByRole('button'), walk, url);
  const buttons = part.locator(`button:visible:not(${OFF}, [role=tab], [role=switch], [role=columnheader] *)`);
  const names = await buttons.evaluateAll((all) => all.map((button) => button.ariaLabel || button.textContent || ''));
  // From the last on: what opens below a button moves none of those that are still to come.
  for (const [index, name] of [...names.entries()].reverse()) {
    if (/^(Copy|Toggle password|Close|Full screen)/.test(name)) continue;
    await buttons.nth(index).click();
    await page.waitForTimeout(SETTLED_MS);
    const menu = page.getByRole('menu');
    if (await menu.isVisible()) {
      await noteUnexplained(menu.getByRole('menuitem'), walk, url);
      const items = menu.locator(`[role=menuitem]:not(${OFF})`);
      for (const item of await items.allInnerTexts()) {
        if (!(await menu.isVisible())) await buttons.nth(index).click();
        await items.filter({ hasText: item }).first().click();
        await comeBack(page, `${name} / ${item}`, url, walk);
      }
      if (await menu.isVisible()) await page.keyboard.press('Escape');
    } else {
      await comeBack(page, name, url, walk);
    }
  }
}

/** Notes the dialog that opened, and goes back to where the page was. */
async function comeBack(page: Page, used: string, url: string, walk: Walk): Promise<void> {
  await page.waitForTimeout(SETTLED_MS);
  const dialog = page.locator('[role=dialog], [role=alertdialog]').filter({ visible: true });
  if ((await dialog.count()) > 0) {
    const [title] = await dialog.first().getByRole('heading').allInnerTexts();
    if (title) walk.dialogs.add(title);
    await page.keyboard.press('Escape');
    await expect(dialog, `what ${used} opened closes by Escape`).toHaveCount(0);
  }
  if (page.url() !== url) await open(page, url);
}

/** Who cannot use a control is told why. */
async function noteUnexplained(controls: Locator, walk: Walk, url: string): Promise<void> {
  const off = controls.and(controls.page().locator('[aria-disabled=true]')).filter({ visible: true });
  const found = await off.evaluateAll((all) =>
    all.filter((each) => !each.getAttribute('aria-description')).map((each) => each.ariaLabel || each.textContent),
  );
  for (const name of found) walk.unexplained.add(`${name} on ${new URL(url).pathname}`);
}

/** Every page, with panels and things of the project. */
async function allPaths(cloud: TestCloud): Promise<string[]> {
  const [network] = (await cloud.request('GET', '/network/v2.0/networks')).body.networks;
  return [
    'welcome',
    'machines',
    `machines/${machine}`,
    'launch',
    'images',
    `images/${image}`,
    'flavors',
    'flavors?panel=42',
    'keys',
    'networks',
    `networks?panel=${network.id}`,
    'hosts',
    'quotas',
    'people',
    'people/groups',
    'people/projects',
    'people/domains',
    'people/roles',
    'people/access',
    'activity',
    'account',
  ];
}

test('a reader sees everything of the project and is offered nothing that would be refused', async ({
  page,
  cloud,
}) => {
  await signIn(page, cloud, { name: 'rita', password: PASSWORD });
  await expect(page.getByRole('button', { name: 'Account rita, project team' })).toBeVisible();
  const walk = watch(page);
  page.setDefaultTimeout(5000);
  for (const path of await allPaths(cloud)) await exercise(page, `${cloud.url}/${path}`, walk);
  // What is the person's own needs no role: keys, a second step, credentials with the roles they have.
  const own = ['Create a key', 'Create application credential', 'Enrol an authenticator app', 'Import a public key'];
  expect.soft([...walk.dialogs].sort()).toEqual(own);
  expect.soft([...walk.unexplained]).toEqual([]);
  expect.soft(walk.changes).toEqual([]);
  expect.soft(walk.refused).toEqual([]);
});

/** Opens pages and their tabs, and nothing on them. */
async function look(page: Page, url: string): Promise<void> {
  await open(page, url);
  for (const tab of await page.getByRole('main').getByRole('tab').all()) {
    await tab.click();
    await page.waitForTimeout(SETTLED_MS * 2);
  }
}

test('a member launches a machine, works with it, and manages nobody', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'mark', password: PASSWORD });
  await expect(page.getByRole('row', { name: /web/ })).toBeVisible();
  const walk = watch(page);
  const navigation = page.getByRole('navigation');
  await expect(navigation.getByRole('link', { name: 'Networks' })).toBeVisible();
  await expect(navigation.getByRole('link', { name: 'People' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Launch' }).click();
  await page.getByRole('radio', { name: /disk/ }).check({ force: true });
  await page.getByRole('textbox', { name: 'Name' }).fill('of mark');
  await page.getByRole('combobox', { name: 'When it runs, open' }).click();
  await page.getByRole('option', { name: 'Nothing' }).click();
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(page).toHaveURL(/\/launch\?run=/);
  await navigation.getByRole('link', { name: 'Machines' }).click();
  const row = page.getByRole('row', { name: /of mark/ });
  await expect(row).toContainText('Running');
  await row.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Shut down' }).click();
  await expect(row).toContainText('Stopped');
  await row.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);

  for (const path of ['people', 'quotas', 'images', 'hosts']) await look(page, `${cloud.url}/${path}`);
  await page.goto(`${cloud.url}/people/projects`);
  await expect(page.getByText('This list is not open to you')).toBeVisible();
  expect(walk.refused).toEqual([]);
});

test('a manager of the project works in it as members do, and manages nobody', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'mona', password: PASSWORD });
  await expect(page.getByRole('row', { name: /web/ })).toBeVisible();
  const walk = watch(page);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'People' })).toHaveCount(0);
  for (const path of await allPaths(cloud)) await look(page, `${cloud.url}/${path}`);
  await page.goto(`${cloud.url}/machines/${machine}`);
  await expect(page.getByRole('button', { name: 'Shut down' })).toHaveAttribute('aria-disabled', 'false');
  expect(walk.refused).toEqual([]);
});

test('an administrator of the project brings somebody in', async ({ page, cloud, browser }) => {
  await signIn(page, cloud, { name: 'ada', password: PASSWORD });
  await expect(page.getByRole('row', { name: /web/ })).toBeVisible();
  const walk = watch(page);
  for (const path of await allPaths(cloud)) await look(page, `${cloud.url}/${path}`);
  await page.goto(`${cloud.url}/people`);
  await page.getByRole('button', { name: 'Add person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('newt');
  await dialog.getByText('Type one').click();
  await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await dialog.getByRole('combobox', { name: 'Default project' }).click();
  await page.getByRole('option', { name: 'team' }).click();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('link', { name: 'newt', exact: true })).toBeVisible();
  expect(walk.refused).toEqual([]);

  const context = await browser.newContext({ locale: 'en-GB' });
  const own = await context.newPage();
  await signIn(own, cloud, { name: 'newt', password: PASSWORD });
  await expect(own.getByRole('row', { name: /web/ })).toBeVisible();
  await context.close();
});
