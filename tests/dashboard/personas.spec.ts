import { randomBytes } from 'node:crypto';
import type { Locator, Page, Request } from '@playwright/test';
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
  /** Requests so far, those of them for parts of the program, and those that are not answered. */
  asked: number;
  askedForParts: number;
  pending: Set<Request>;
}

function watch(page: Page): Walk {
  const walk: Walk = {
    refused: [],
    changes: [],
    dialogs: new Set(),
    unexplained: new Set(),
    asked: 0,
    askedForParts: 0,
    pending: new Set(),
  };
  const where = (): string => new URL(page.url()).pathname + new URL(page.url()).search;
  page.on('response', (response) => {
    if (response.status() !== 403) return;
    walk.refused.push(`${response.request().method()} ${new URL(response.url()).pathname} on ${where()}`);
  });
  page.on('request', (request) => {
    walk.asked += 1;
    if (request.resourceType() === 'script') walk.askedForParts += 1;
    walk.pending.add(request);
    const { pathname } = new URL(request.url());
    const isSignIn = pathname.endsWith('/auth/tokens');
    if (request.method() !== 'GET' && !isSignIn) walk.changes.push(`${request.method()} ${pathname} on ${where()}`);
  });
  const end = (request: Request): void => void walk.pending.delete(request);
  page.on('requestfinished', end);
  page.on('requestfailed', end);
  return walk;
}

/** Frames in which nothing changes on a page that is done. */
const STILL = 4;
/** React shows a part that had to be loaded up to 300 ms after it came. */
const STILL_AFTER_LOADING = 25;

/** Waits until what was done has had its effect: all that was asked is answered, and the page stands still. */
async function settle(page: Page, walk: Walk): Promise<void> {
  const partsBefore = walk.askedForParts;
  for (;;) {
    await expect.poll(() => [...walk.pending].map((request) => request.url()), 'requests without answer').toEqual([]);
    const { asked } = walk;
    await page.evaluate(untilStill, walk.askedForParts > partsBefore ? STILL_AFTER_LOADING : STILL);
    if (walk.pending.size === 0 && walk.asked === asked) return;
  }
}

/** In the page: resolves after so many frames without a change or a movement that comes to an end. */
function untilStill(frames: number): Promise<void> {
  return new Promise((resolve) => {
    let quiet = 0;
    const observer = new MutationObserver(() => {
      quiet = 0;
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const look = (): void => {
      const isMoving = document
        .getAnimations()
        .some(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
      quiet = isMoving ? 0 : quiet + 1;
      if (quiet <= frames) {
        requestAnimationFrame(look);
        return;
      }
      observer.disconnect();
      resolve();
    };
    requestAnimationFrame(look);
  });
}

const OFF = '[disabled], [aria-disabled=true]';

/** Opens a page and uses everything on it, or in the panel beside a list, that can be used. */
async function exercise(page: Page, url: string, walk: Walk): Promise<void> {
  await open(page, url, walk);
  const part = page.getByRole(url.includes('panel=') ? 'complementary' : 'main');
  const tabs = await part.getByRole('tab').allInnerTexts();
  if (tabs.length === 0) return await pressAll(page, part, walk);
  for (const tab of tabs) {
    await part.getByRole('tab', { name: tab, exact: true }).click();
    await settle(page, walk);
    await pressAll(page, part, walk);
  }
}

async function open(page: Page, url: string, walk: Walk): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0);
  await settle(page, walk);
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
    await settle(page, walk);
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
  await settle(page, walk);
  const dialog = page.locator('[role=dialog], [role=alertdialog]').filter({ visible: true });
  if ((await dialog.count()) > 0) {
    const [title] = await dialog.first().getByRole('heading').allInnerTexts();
    if (title) walk.dialogs.add(title);
    await page.keyboard.press('Escape');
    await expect(dialog, `what ${used} opened closes by Escape`).toHaveCount(0);
  }
  if (page.url() !== url) await open(page, url, walk);
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
  for (const path of await allPaths(cloud)) await exercise(page, `${cloud.url}/${path}`, walk);
  // What is the person's own needs no role: keys, a second step, credentials with the roles they have.
  const own = ['Create a key', 'Create application credential', 'Enrol an authenticator app', 'Import a public key'];
  expect.soft([...walk.dialogs].sort()).toEqual(own);
  expect.soft([...walk.unexplained]).toEqual([]);
  expect.soft(walk.changes).toEqual([]);
  expect.soft(walk.refused).toEqual([]);
});

/** Opens pages and their tabs, and nothing on them. */
async function look(page: Page, url: string, walk: Walk): Promise<void> {
  await open(page, url, walk);
  for (const tab of await page.getByRole('main').getByRole('tab').all()) {
    await tab.click();
    await settle(page, walk);
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
  await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
  await expect(row).toContainText('Stopped');
  await row.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);

  for (const path of ['people', 'quotas', 'images', 'hosts']) await look(page, `${cloud.url}/${path}`, walk);
  await page.goto(`${cloud.url}/people/projects`);
  await expect(page.getByText('This list is not open to you')).toBeVisible();
  expect(walk.refused).toEqual([]);
});

test('a manager of the project works in it as members do, and manages nobody', async ({ page, cloud }) => {
  await signIn(page, cloud, { name: 'mona', password: PASSWORD });
  await expect(page.getByRole('row', { name: /web/ })).toBeVisible();
  const walk = watch(page);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'People' })).toHaveCount(0);
  for (const path of await allPaths(cloud)) await look(page, `${cloud.url}/${path}`, walk);
  await page.goto(`${cloud.url}/machines/${machine}`);
  await expect(page.getByRole('button', { name: 'Shut down' })).toHaveAttribute('aria-disabled', 'false');
  expect(walk.refused).toEqual([]);
});

test('an administrator of the project brings somebody in', async ({ page, cloud, browser }) => {
  await signIn(page, cloud, { name: 'ada', password: PASSWORD });
  await expect(page.getByRole('row', { name: /web/ })).toBeVisible();
  const walk = watch(page);
  for (const path of await allPaths(cloud)) await look(page, `${cloud.url}/${path}`, walk);
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
