import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { startCloud, type TestCloud } from '../cloud.ts';
import { dashboardDir, expect, picture, test } from './cloud.fixture.ts';

/** More than any page shows at once. */
const MANY = 1000;

let cloud: TestCloud;
test.beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'simulated', dashboardDir });
});
test.afterAll(async () => {
  await cloud.close();
  await rm(cloud.dataDir, { recursive: true, force: true });
});

const PAGES = [
  { path: '/hosts', shows: '0 / 16,384', name: 'hosts' },
  { path: '/networks', shows: '1 network', name: 'networks' },
  { path: '/activity', shows: 'Host joined', name: 'activity' },
  { path: '/activity?tab=tasks', shows: 'No tasks yet', name: 'tasks-empty' },
] as const;

test('pages that only show', async ({ page }) => {
  await page.goto(await cloud.controller.signInLink());
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  for (const { path, shows, name } of PAGES) {
    await page.goto(cloud.url + path);
    await expect(page.getByText(shows).first()).toBeVisible();
    await picture(page, name);
  }

  await test.step('a host with what is promised of it', async () => {
    await page.goto(`${cloud.url}/hosts`);
    await page.getByRole('grid').getByRole('link').first().click();
    await expect(page.getByRole('complementary')).toContainText('Promised to machines');
    await page.getByRole('complementary').getByRole('button', { name: 'Check again' }).click();
    await expect(page.getByRole('button', { name: 'Check again' }).last()).toHaveAttribute('aria-busy', 'false');
    await picture(page, 'host');
  });

  await test.step('an event with what it carried', async () => {
    await page.goto(`${cloud.url}/activity`);
    await expect(page.getByRole('row', { name: `Host joined Host ${hostname()}` })).toBeVisible();
    // What still happens to the host moves the other rows.
    await page.getByRole('searchbox', { name: 'Search events' }).fill('Flavor created');
    await expect(page.getByRole('row', { name: /Host/ })).toHaveCount(0);
    await page
      .getByRole('row', { name: /Flavor created/ })
      .first()
      .dblclick();
    await expect(page.getByRole('complementary')).toContainText('flavor.create');
    await picture(page, 'activity-event');
  });

  await test.step('the palette finds pages', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('A page, an action').fill('first');
    await expect(page.getByRole('dialog').getByText('First steps')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/welcome$/);
  });
});

test('a thousand images are found as one types', async ({ page }) => {
  for (let index = 0; index < MANY; index += 50) {
    const made = Array.from({ length: 50 }, (_, offset) =>
      cloud.request('POST', '/image/v2/images', {
        name: `image-${index + offset}`,
        disk_format: offset % 2 ? 'raw' : 'qcow2',
        container_format: 'bare',
        tags: [`group-${offset % 5}`],
      }),
    );
    for (const { status } of await Promise.all(made)) expect(status).toBe(201);
  }
  await page.goto(await cloud.controller.signInLink());
  await expect(page.getByRole('heading', { name: 'Machines', exact: true })).toBeVisible();
  await page.goto(`${cloud.url}/images`);
  await expect(page.getByText('1,000 images')).toBeVisible();
  await picture(page, 'images-many');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await picture(page, 'images-many-1920');
  await page.getByRole('searchbox', { name: 'Search images' }).fill('image-77');
  await expect(page.getByText('11 of 1,000 images')).toBeVisible();
  await page.getByRole('toolbar').getByRole('button', { name: 'Format' }).click();
  await page.getByRole('checkbox', { name: /raw/ }).check({ force: true });
  await expect(page).toHaveURL(/where=format:raw|where=format%3Araw/);
  await expect(page.getByText('6 of 1,000 images')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/images\/[0-9a-f-]{36}$/);
});

test('every page in Chinese', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('cumulet.language', 'zh-CN'));
  await page.goto(await cloud.controller.signInLink());
  await expect(page.getByRole('navigation')).toContainText('镜像');
  const pages = [
    'welcome',
    'images',
    'images?tab=catalog',
    'flavors',
    'keys',
    'networks',
    'hosts',
    'backups',
    'activity',
  ];
  for (const path of pages) {
    await page.goto(`${cloud.url}/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    // A text that is missing would show as its key.
    await expect(page.getByRole('main')).not.toContainText(
      /\b(images|backups|flavors|keys|hosts|welcome|activity|networks|tasks):\w/,
    );
    await picture(page, `${path.replace('?tab=', '-')}-zh`);
  }
});
