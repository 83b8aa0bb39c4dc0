import { rm } from 'node:fs/promises';
import pino from 'pino';
import { type Controller, serve } from '../../app/serve.ts';
import { startCloud, type TestCloud } from '../cloud.ts';
import { lastingPort } from '../integration/lasting-port.ts';
import { dashboardDir, expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const log = pino({ level: 'silent' });

test.describe('with a controller of its own', () => {
  let cloud: TestCloud;
  let controller: Controller | undefined;
  test.beforeEach(async () => {
    const listen = `127.0.0.1:${await lastingPort()}`;
    cloud = await startCloud({ hypervisor: 'none', dashboardDir, listen });
    controller = cloud.controller;
  });
  test.afterEach(async () => {
    await controller?.close();
    await rm(cloud.dataDir, { recursive: true, force: true });
  });

  test('a controller that goes and comes back is noticed, and nothing is missed', async ({ page }) => {
    await page.goto(await cloud.controller.signInLink());
    await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
    await page.goto(`${cloud.url}/flavors`);
    await expect(page.getByText('7 flavors')).toBeVisible();
    await controller?.close();
    controller = undefined;
    await expect(page.getByText('Reconnecting')).toBeVisible();
    await picture(page, 'reconnecting');
    const { host } = new URL(cloud.url);
    controller = await serve({ dataDir: cloud.dataDir, listen: host, dashboardDir, log });
    // Made before the page is connected again: only the resumed stream tells of it.
    const flavor = { name: 'made-meanwhile', vcpus: 1, ram: 64, disk: 1 };
    expect((await cloud.request('POST', '/compute/v2.1/flavors', { flavor })).status).toBe(200);
    await expect(page.getByText('made-meanwhile')).toBeVisible();
    await expect(page.getByText('Reconnecting')).toBeHidden();
  });

  test('a page that could not be read shows its things by itself once the controller is back', async ({ page }) => {
    await page.goto(await cloud.controller.signInLink());
    await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
    await controller?.close();
    controller = undefined;
    await expect(page.getByText('Reconnecting')).toBeVisible();
    await page.getByRole('link', { name: 'Flavors' }).click();
    await expect(page.getByText('The controller does not answer.')).toBeVisible();
    controller = await serve({ dataDir: cloud.dataDir, listen: new URL(cloud.url).host, dashboardDir, log });
    await expect(page.getByText('7 flavors')).toBeVisible();
    await expect(page.getByText('The controller does not answer.')).toHaveCount(0);
  });

  test('an upload that breaks off with the controller can be sent again', async ({ page }) => {
    await page.goto(await cloud.controller.signInLink());
    await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
    await page.goto(`${cloud.url}/images`);
    const session = await page.context().newCDPSession(page);
    await page.getByRole('button', { name: 'Upload image' }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: /Choose a disk image/ }).click(),
    ]);
    await chooser.setFiles({ name: 'disk.raw', mimeType: '', buffer: Buffer.alloc(16 * 1024 * 1024, 7) });
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('disk');
    const limit = { offline: false, latency: 0, downloadThroughput: -1 };
    // Slow enough for the controller to go before all has arrived, also on a busy machine.
    await session.send('Network.emulateNetworkConditions', { ...limit, uploadThroughput: 128 * 1024 });
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page.getByRole('dialog', { name: 'Upload of disk' })).toContainText(/iB of 16 MiB/);
    await controller?.close();
    controller = undefined;
    await expect(page.getByText('The upload failed')).toBeVisible();
    await expect(page.getByRole('alert')).toContainText('The upload broke off.');
    await session.send('Network.emulateNetworkConditions', { ...limit, uploadThroughput: -1 });
    controller = await serve({ dataDir: cloud.dataDir, listen: new URL(cloud.url).host, dashboardDir, log });
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('Uploaded and checked')).toBeVisible();
  });
});

/** Gives a role on a project, a domain or the system: `projects/<id>`, `domains/<id>` or `system`. */
async function grant(cloud: TestCloud, userId: string, role: string, where: string): Promise<void> {
  const [{ id }] = (await cloud.request('GET', `/identity/v3/roles?name=${role}`)).body.roles;
  expect((await cloud.request('PUT', `/identity/v3/${where}/users/${userId}/roles/${id}`)).status).toBe(204);
}

async function addProject(cloud: TestCloud, name: string): Promise<string> {
  return (await cloud.request('POST', '/identity/v3/projects', { project: { name } })).body.project.id;
}

test.describe('signed in', () => {
  test('another project is another cloud', async ({ signedIn: page, cloud }) => {
    const [admin] = (await cloud.request('GET', '/identity/v3/users?name=admin')).body.users;
    await grant(cloud, admin.id, 'member', `projects/${await addProject(cloud, 'second')}`);
    const image = { name: 'of the first', disk_format: 'raw', container_format: 'bare', visibility: 'private' };
    const made = await cloud.request('POST', '/image/v2/images', image);
    await page.goto(`${cloud.url}/images`);
    await expect(page.getByRole('link', { name: 'of the first' })).toBeVisible();
    const typing = Promise.withResolvers<void>();
    // Whoever types faster than the answer comes is understood all the same.
    await page.route('**/identity/v3/auth/projects', async (route) => {
      await typing.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: /Working in/ }).click();
    await page.getByRole('textbox', { name: 'Find a project' }).fill('sec');
    typing.resolve();
    await expect(page.getByRole('option', { name: 'second' })).toBeVisible();
    await picture(page, 'switcher');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Account admin, project second' })).toBeVisible();
    await expect(page.getByText('No images yet')).toBeVisible();

    // A member may not make flavors, and is told so.
    await page.getByRole('link', { name: 'Flavors' }).click();
    const create = page.getByRole('button', { name: 'Create flavor' });
    await expect(create).toHaveAttribute('aria-disabled', 'true');
    await expect(async () => {
      // A button that is drawn anew under the pointer says nothing until the pointer comes back.
      await page.mouse.move(0, 0);
      await create.hover();
      await expect(page.getByText('Needs the role admin here.')).toBeVisible({ timeout: 5000 });
    }).toPass({ timeout: 60_000 });
    await cloud.request('DELETE', `/image/v2/images/${made.body.id}`);
  });

  test('from a project to a domain, to the whole system and to another project', async ({ page, cloud }) => {
    const user = { name: 'sam', password: 'secret of sam' };
    const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
    for (const name of ['lab', 'shop']) await grant(cloud, id, 'member', `projects/${await addProject(cloud, name)}`);
    await grant(cloud, id, 'manager', 'domains/default');
    await grant(cloud, id, 'reader', 'system');
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() === 401 || response.status() === 403) refused.push(response.url());
    });
    await signIn(page, cloud, user);
    await expect(page.getByRole('button', { name: 'Account sam, project lab' })).toBeVisible();

    const switchTo = async (name: string | RegExp): Promise<void> => {
      await page.getByRole('button', { name: /^Working in/ }).click();
      await page.getByRole('option', { name }).click();
    };
    await switchTo('Default');
    await expect(page.getByRole('button', { name: 'Account sam, Default' })).toBeVisible();
    await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
    await expect(page.getByRole('link', { name: 'sam', exact: true })).toBeVisible();
    await switchTo('Whole system');
    await expect(page.getByRole('button', { name: 'Account sam, Whole system' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'sam', exact: true })).toBeVisible();
    await picture(page, 'scope-system');

    await test.step('what belongs to projects is said to, with the way there', async () => {
      for (const path of ['machines', 'launch', 'quotas']) {
        await page.goto(`${cloud.url}/${path}`);
        await expect(page.getByRole('heading', { name: /belongs to a project/ })).toBeVisible();
        await expect(page.locator('.mantine-Skeleton-root')).toHaveCount(0);
      }
      await picture(page, 'scope-system-quotas');
      await page.goto(`${cloud.url}/machines`);
      await page.getByRole('button', { name: 'Work in lab' }).click();
      await expect(page.getByText('No machines yet')).toBeVisible();
    });
    await switchTo('shop');
    await expect(page.getByRole('button', { name: 'Account sam, project shop' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Account sam, project shop' })).toBeVisible();
    expect(refused).toEqual([]);
  });

  test('a session that ends leads back to where one was', async ({ signedIn: page, cloud }) => {
    await page.goto(`${cloud.url}/flavors?q=tiny`);
    await expect(page.getByText('1 of 7 flavors')).toBeVisible();
    const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem('cumulet.session') ?? '{}').token);
    await cloud.request('DELETE', '/identity/v3/auth/tokens', undefined, { 'x-subject-token': token });
    await page.getByRole('link', { name: 'Keys' }).click();
    await expect(page.getByText('Your session has ended.')).toBeVisible();
    await picture(page, 'session-ended');
    await page.getByRole('textbox', { name: 'Password' }).fill(cloud.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Keys', exact: true })).toBeVisible();
  });

  for (const [part, address] of [
    ['every script', /\.js$/],
    ['the program', /\/assets\/index-.*\.js/],
    ['its texts', /\/assets\/en-.*\.js/],
  ] as const) {
    test(`a page whose parts do not come is loaded again: ${part}`, async ({ page, cloud }) => {
      let failures = 2;
      await page.route(address, (route) => (failures-- > 0 ? route.abort('connectionaborted') : route.continue()));
      await page.goto(`${cloud.url}/sign-in`);
      await expect(page.getByText('Cumulet could not be loaded.')).toBeVisible();
      await expect(page.getByRole('textbox', { name: 'User' })).toBeVisible();
      expect(failures).toBeLessThan(0);
    });
  }

  test('a page that came although something of it did not is not loaded again under what is typed', async ({
    page,
    cloud,
  }) => {
    await page.addInitScript(() => {
      // Before anything is drawn, as of a part that is not needed for it.
      document.addEventListener('readystatechange', () => {
        if (document.readyState === 'interactive') dispatchEvent(new Event('error'));
      });
    });
    const looked = page.waitForResponse(
      (each) => each.url() === `${cloud.url}/` && each.request().resourceType() === 'fetch',
    );
    await page.goto(`${cloud.url}/sign-in`);
    await page.evaluate(() => Object.assign(window, { isTheFirst: true }));
    await page.getByRole('textbox', { name: 'Password' }).fill(cloud.password);
    await looked;
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('button', { name: /^Account admin/ })).toBeVisible();
    expect(await page.evaluate(() => 'isTheFirst' in window)).toBe(true);
  });

  test('what is not there says so, inside the frame', async ({ signedIn: page, cloud }) => {
    await page.goto(`${cloud.url}/nowhere`);
    await expect(page.getByText('There is no such page')).toBeVisible();
    await picture(page, 'not-found');
    await page.goto(`${cloud.url}/images/00000000-0000-4000-8000-000000000000`);
    await expect(page.getByText('This image is gone')).toBeVisible();
  });

  test('a narrow window keeps the navigation as icons', async ({ signedIn: page, cloud }) => {
    await page.setViewportSize({ width: 720, height: 700 });
    await page.goto(`${cloud.url}/images?tab=catalog`);
    await expect(page.getByText('Cumulet Linux')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Flavors' })).toBeVisible();
    await picture(page, 'narrow');
  });
});
