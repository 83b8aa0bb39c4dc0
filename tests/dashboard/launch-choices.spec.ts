import { expect, picture, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

test('of many sizes and networks a launch shows the first, and the others are found', async ({
  signedIn: page,
  cloud,
}) => {
  const post = async (path: string, body: unknown) => {
    const { status, body: answer } = await cloud.request('POST', path, body);
    expect(status, JSON.stringify(answer)).toBeLessThan(300);
  };
  for (let index = 0; index < 20; index += 1) {
    const flavor = { name: `rack.${index}`, vcpus: 2, ram: 8192 + index, disk: 20 };
    await post('/compute/v2.1/flavors', { flavor });
  }
  const networks = Array.from({ length: 14 }, (_, index) => ({ name: `floor-${index}` }));
  await post('/network/v2.0/networks', { networks });
  await page.goto(`${cloud.url}/launch`);
  const sizes = page.getByRole('radiogroup', { name: 'Size' });
  const summary = page.getByRole('complementary', { name: 'To be launched' });
  await expect(sizes.getByRole('radio')).toHaveCount(12);
  await page.getByRole('button', { name: 'All 27 sizes' }).click();
  await expect(page.getByRole('searchbox', { name: 'Find a size' })).toBeFocused();
  await page.keyboard.type('rack 17');
  await expect(sizes.getByRole('radio')).toHaveCount(1);
  await sizes.getByRole('radio', { name: 'rack.17' }).click();
  await expect(summary).toContainText('rack.17');
  const field = page.getByRole('combobox', { name: 'Networks' });
  await field.fill('floor-11');
  await page.getByRole('option', { name: 'floor-11' }).click();
  await picture(page, 'launch-choices');
  await field.fill('nowhere');
  await expect(page.getByText('Nothing by that name')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('default', { exact: true })).toBeVisible();
  await expect(page.getByText('floor-11', { exact: true }).first()).toBeVisible();
});
