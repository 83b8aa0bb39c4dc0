import { uploadGuest } from '../integration/guest-image.ts';
import { expect, litShare, picture, test } from './cloud.fixture.ts';

const COMPUTE = { 'openstack-api-version': 'compute 2.90' };
const BOOT = 300_000;

test('a machine with a QXL card has its screen by SPICE too, by the dashboard and by a link', async ({
  signedIn: page,
  cloud,
  browser,
}) => {
  const image = await uploadGuest(cloud);
  const property = [{ op: 'add', path: '/hw_video_model', value: 'qxl' }];
  const patch = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  expect((await cloud.request('PATCH', `/image/v2/images/${image}`, property, patch)).status).toBe(200);
  const server = { name: 'seen', imageRef: image, flavorRef: '42', networks: 'none' };
  const { id } = (await cloud.request('POST', '/compute/v2.1/servers', { server }, COMPUTE)).body.server;
  const status = async () => (await cloud.request('GET', `/compute/v2.1/servers/${id}`)).body.server.status;
  await expect.poll(status, { timeout: BOOT }).toBe('ACTIVE');

  const screen = await test.step('it opens from its hardware, in a window of its own', async () => {
    await page.goto(`${cloud.url}/machines/${id}?tab=hardware`);
    const opening = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Open by SPICE' }).click();
    const opened = await opening;
    await expect(opened.getByRole('toolbar', { name: 'Screen' })).toContainText('Connected');
    await expect.poll(() => litShare(opened, 'spice'), { timeout: BOOT }).toBeGreaterThan(0.005);
    return opened;
  });

  await test.step('keys come to the guest', async () => {
    await expect
      .poll(
        async () => {
          const log = await cloud.request('POST', `/compute/v2.1/servers/${id}/action`, { 'os-getConsoleOutput': {} });
          return log.body.output;
        },
        { timeout: BOOT },
      )
      .toContain('login:');
    const before = await litShare(screen, 'spice');
    await screen.getByTestId('spice').locator('canvas').hover();
    await screen.keyboard.type('cumulet\n');
    await expect.poll(() => litShare(screen, 'spice')).toBeGreaterThan(before);
    await picture(screen, 'console-spice');
  });

  await test.step('whoever has the link needs no sign-in', async () => {
    const body = { remote_console: { protocol: 'spice', type: 'spice-html5' } };
    const asked = await cloud.request('POST', `/compute/v2.1/servers/${id}/remote-consoles`, body, COMPUTE);
    expect(asked.body.remote_console).toMatchObject({
      ...body.remote_console,
      url: expect.stringMatching(/\/console\/spice\?token=/),
    });
    await screen.close();
    const stranger = await browser.newContext();
    const theirs = await stranger.newPage();
    await theirs.goto(asked.body.remote_console.url);
    await expect.poll(() => litShare(theirs, 'spice')).toBeGreaterThan(0.005);
    await stranger.close();
  });
});
