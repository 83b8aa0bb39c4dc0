import type { Locator, Page } from '@playwright/test';
import { expect, picture, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

const grid = (page: Page) => page.getByRole('grid', { name: 'Flavors' });
const panel = (page: Page) => page.getByRole('complementary');
const row = (page: Page, name: string) => page.getByRole('row', { name });
const widthOf = async (part: Locator): Promise<number> => (await part.boundingBox())?.width ?? 0;

test('a thing opens beside its list, which stays of use', async ({ signedIn: page, cloud }) => {
  await page.goto(`${cloud.url}/flavors`);
  await page.getByRole('link', { name: 'm1.small' }).click();
  await expect(panel(page)).toHaveAccessibleName('m1.small');

  await test.step('beside it, not over it', async () => {
    const list = await grid(page).boundingBox();
    const beside = await panel(page).boundingBox();
    expect(list && beside && list.x + list.width).toBeLessThanOrEqual(beside?.x ?? 0);
    await expect(row(page, 'm1.small')).toHaveAttribute('aria-current', 'true');
    await picture(page, 'split-view');
  });

  await test.step('arrows move, Enter opens, Enter again goes into it, Escape closes it', async () => {
    await grid(page).focus();
    await page.keyboard.press('ArrowDown');
    await expect(panel(page)).toHaveAccessibleName('m1.small');
    await page.keyboard.press('Enter');
    await expect(panel(page)).toHaveAccessibleName('m1.medium');
    await expect(grid(page)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(panel(page)).toBeFocused();
    await page.keyboard.press('Tab');
    await expect(panel(page).locator(':focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(panel(page)).toHaveCount(0);
    await expect(grid(page)).toBeFocused();
    await expect(page).toHaveURL(/\/flavors$/);
  });

  await test.step('Escape belongs to what is over it first', async () => {
    await page.keyboard.press('Enter');
    await panel(page).getByRole('button', { name: 'Edit extra specs…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(panel(page)).toBeVisible();
  });

  await test.step('its edge is drawn, by keys and by pointer, and stays where it was put', async () => {
    const edge = panel(page).getByRole('separator', { name: 'Width of the panel' });
    const before = await widthOf(panel(page));
    await edge.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => widthOf(panel(page))).toBeGreaterThan(before);
    const box = await edge.boundingBox();
    if (!box) throw new Error('no edge');
    await page.mouse.move(box.x + 4, 300);
    await page.mouse.down();
    await page.mouse.move(box.x - 76, 300);
    await page.mouse.up();
    const drawn = before + 24 + 80;
    await expect.poll(() => widthOf(panel(page))).toBeCloseTo(drawn, -1);
    await page.reload();
    await expect.poll(() => widthOf(panel(page))).toBeCloseTo(drawn, -1);
    await edge.dblclick();
    await expect.poll(() => widthOf(panel(page))).toBe(before);
  });

  await test.step('it has a page of its own', async () => {
    await panel(page).getByRole('link', { name: 'Open as page' }).click();
    await expect(page).toHaveURL(/\/flavors\/\d+$/);
    await expect(page.getByRole('heading', { level: 1, name: 'm1.medium' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('4 GiB');
    await picture(page, 'thing-page');
    await page.getByRole('link', { name: 'Flavors' }).last().click();
    await expect(grid(page)).toBeVisible();
  });

  await test.step('a small window shows it in place of the list', async () => {
    await row(page, 'm1.large').dblclick();
    await page.setViewportSize({ width: 720, height: 800 });
    await expect.poll(async () => (await widthOf(panel(page))) - (await widthOf(page.getByRole('main')))).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('one that is deleted elsewhere closes; one that never was is said to be gone', async () => {
    const body = { flavor: { name: 'short-lived', vcpus: 1, ram: 64, disk: 0 } };
    const { flavor } = (await cloud.request('POST', '/compute/v2.1/flavors', body)).body;
    await page.goto(`${cloud.url}/flavors?panel=${flavor.id}`);
    await expect(panel(page)).toHaveAccessibleName('short-lived');
    await cloud.request('DELETE', `/compute/v2.1/flavors/${flavor.id}`);
    await expect(panel(page)).toHaveCount(0);
    await page.goto(`${cloud.url}/flavors?panel=never`);
    await expect(panel(page)).toContainText('It is gone');
    await page.goto(`${cloud.url}/flavours`);
    await expect(page.getByText('There is no such page')).toBeVisible();
  });

  await test.step('the palette makes one and finds one', async () => {
    await page.goto(`${cloud.url}/machines`);
    await expect(page.getByRole('button', { name: 'Find anything' })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('A page, an action').fill('create a flavor');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('by palette');
    await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('A page, an action').fill('by palette');
    await page.keyboard.press('Enter');
    await expect(panel(page)).toHaveAccessibleName('by palette');
  });
});

test('a list too long to be held whole comes as it is needed', async ({ signedIn: page, cloud }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/flavors/detail')) asked.push(searchParams.get('marker') ?? 'first');
  });
  const MANY = 2100;
  for (let index = 0; index < MANY; index += 50) {
    const made = Array.from({ length: 50 }, (_, offset) =>
      cloud.request('POST', '/compute/v2.1/flavors', {
        flavor: { name: `size-${index + offset}`, vcpus: 1, ram: 1_000_000 + index + offset, disk: 0 },
      }),
    );
    for (const { status } of await Promise.all(made)) expect(status).toBe(200);
  }
  const said = page.getByRole('status').filter({ hasText: 'flavors' });
  await page.goto(`${cloud.url}/flavors`);
  await expect(said).toHaveText('2,000 flavors so far: more come as you scroll');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '-1');
  expect(asked).toHaveLength(2);
  await picture(page, 'flavors-many');

  await test.step('by scrolling', async () => {
    await grid(page).focus();
    await page.keyboard.press('End');
    await expect(said).toHaveText(/^2,1\d\d flavors$/);
    expect(asked).toHaveLength(3);
  });

  await test.step('in another order, which the controller sorts', async () => {
    await page.reload();
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('button').click();
    await expect(row(page, `size-${MANY - 1}`)).toBeVisible();
    await expect(said).toHaveText('2,000 flavors so far: more come as you scroll');
  });

  await test.step('searched, it is read to its end', async () => {
    await page.getByRole('searchbox', { name: 'Search flavors' }).fill('size-99');
    await expect(said).toHaveText(/^11 of 2,1\d\d flavors$/);
  });
});
