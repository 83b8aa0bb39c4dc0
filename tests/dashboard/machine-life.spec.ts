import { expect, litShare, picture, terminalText, test } from './cloud.fixture.ts';

/** The built-in Linux is made, and a guest without hardware virtualisation boots. */
const BOOT = 300_000;

test('a machine from launch to deletion, with its screen and its terminal', async ({ signedIn: page, cloud }) => {
  const state = page.locator('header').first();

  await test.step('an empty cloud leads to Launch', async () => {
    await expect(page.getByText('No machines yet')).toBeVisible();
    await picture(page, 'machines-empty');
    await page.getByRole('link', { name: 'Launch' }).first().click();
    await expect(page.getByRole('radio', { name: /Cumulet Linux/ })).toBeChecked();
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('cumulet-1');
    await picture(page, 'launch');
  });

  await test.step('the launch shows its steps and opens the screen', async () => {
    await page.getByRole('textbox', { name: 'Name' }).fill('first "light" <b>');
    await page.getByRole('button', { name: 'Launch', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Launching first "light" <b>' })).toBeVisible();
    await expect(page.getByRole('list', { name: 'Build image' })).toBeVisible();
    await picture(page, 'launch-steps');
    await expect(page).toHaveURL(/\/machines\/[0-9a-f-]{36}\?tab=screen$/, { timeout: BOOT });
    await expect(page.getByRole('toolbar', { name: 'Screen' })).toContainText('Connected');
    await expect.poll(() => litShare(page), { timeout: BOOT }).toBeGreaterThan(0.01);
  });

  await test.step('the terminal logs in and runs a command', async () => {
    await page.getByRole('tab', { name: 'Terminal' }).click();
    await expect.poll(() => terminalText(page), { timeout: BOOT }).toContain('login:');
    await picture(page, 'machine-screen-to-terminal');
    await page.getByTestId('terminal').click();
    // What is typed while the guest turns its echo off is lost, as on a real line: then one signs in again.
    await expect(async () => {
      const soon = { timeout: 20_000 };
      await page.keyboard.press('Enter');
      await expect.poll(() => terminalText(page), soon).toMatch(/login: ?$/);
      await page.keyboard.type('cumulet\n');
      await expect.poll(() => terminalText(page), soon).toMatch(/Password: ?$/);
      await page.keyboard.type('cumulet\n');
      await expect.poll(() => terminalText(page), soon).toMatch(/[$#] ?$/);
    }).toPass({ timeout: BOOT });
    await page.keyboard.type('echo "answer $((6 * 7))"; uname -s\n');
    await expect.poll(() => terminalText(page)).toMatch(/^answer 42\nLinux$/m);
    await picture(page, 'machine-terminal');
  });

  await test.step('the screen shows the login, and takes keys that were pasted', async () => {
    await page.getByRole('tab', { name: 'Screen' }).click();
    await expect(page.getByRole('toolbar', { name: 'Screen' })).toContainText('Connected');
    const before = await litShare(page);
    await page.getByRole('button', { name: 'Paste as typed keys' }).click();
    await expect(page.getByRole('combobox', { name: 'Keyboard of the machine' })).toHaveValue('American English');
    await page.getByRole('textbox', { name: 'Text' }).fill('cumulet\n');
    await picture(page, 'console-paste');
    await page.getByRole('button', { name: 'Type', exact: true }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect.poll(() => litShare(page)).toBeGreaterThan(before);
    await picture(page, 'machine-screen');
  });

  await test.step('what was typed is still there after a reload', async () => {
    await page.getByRole('tab', { name: 'Terminal' }).click();
    await page.reload();
    await expect.poll(() => terminalText(page)).toMatch(/^answer 42\nLinux$/m);
  });

  await test.step('the overview says what there is to know', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click();
    await expect(page.getByRole('img', { name: /The screen of/ })).toBeVisible();
    await expect(page.getByText(/^ssh -p \d+ cumulet@127\.0\.0\.1$/)).toBeVisible();
    await picture(page, 'machine-overview');
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('READY hostname');
    await expect(page.getByText('1 of 1')).toBeVisible();
    await picture(page, 'machine-log');
    await page.getByRole('tab', { name: 'History' }).click();
    await expect(page.getByText('Machine launched')).toBeVisible();
    await picture(page, 'machine-history');
  });

  await test.step('it is renamed where its name stands', async () => {
    await page.getByRole('button', { name: 'first "light" <b>' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('renamed');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'renamed' })).toBeVisible();
  });

  await test.step('it shuts down, and its console waits for it', async () => {
    await page.getByRole('tab', { name: 'Terminal' }).click();
    await expect(page.getByRole('toolbar', { name: 'Terminal' })).toContainText('Connected');
    await page.getByRole('button', { name: 'Shut down' }).click();
    await page.getByRole('dialog', { name: 'Shut down renamed?' }).getByRole('button', { name: 'Shut down' }).click();
    await expect(state).toContainText('Stopped', { timeout: BOOT });
    await expect(page.getByText('The machine is off')).toBeVisible();
    await picture(page, 'machine-off');
  });

  await test.step('it starts, and its console comes back by itself', async () => {
    await page.getByRole('button', { name: 'Start' }).first().click();
    await expect(state).toContainText('Running', { timeout: BOOT });
    await expect(page.getByRole('toolbar', { name: 'Terminal' })).toContainText('Connected');
    await expect
      .poll(async () => (await terminalText(page)).split('Cumulet Linux').length, { timeout: BOOT })
      .toBeGreaterThan(1);
  });

  await test.step('its console stays below other pages', async () => {
    await page.getByRole('button', { name: 'Keep below the page' }).click();
    await page.getByRole('link', { name: 'Machines' }).first().click();
    await expect(page.getByRole('row', { name: /renamed/ })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Consoles' })).toContainText('Connected');
    await picture(page, 'machines-with-console');
    await page.getByRole('button', { name: 'Close all consoles' }).click();
    await expect(page.getByRole('region', { name: 'Consoles' })).toHaveCount(0);
  });

  await test.step('it goes with all that is its own', async () => {
    await page.getByRole('row', { name: /renamed/ }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete renamed?' });
    await expect(dialog).toContainText('its disk and everything on it');
    await expect(dialog).toContainText(/its address \d+\.\d+\.\d+\.\d+/);
    await picture(page, 'machine-delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('No machines yet')).toBeVisible();
    const { body } = await cloud.request('GET', '/compute/v2.1/servers');
    expect(body.servers).toEqual([]);
  });
});

test('a console link lets in without a sign-in', async ({ cloud, browser }) => {
  const image = await imageFor(cloud);
  const created = await cloud.request(
    'POST',
    '/compute/v2.1/servers',
    {
      server: { name: 'linked', imageRef: image, flavorRef: '42', networks: 'none' },
    },
    { 'openstack-api-version': 'compute 2.90' },
  );
  expect(created.status).toBe(202);
  const id: string = created.body.server.id;
  await expect
    .poll(async () => (await cloud.request('GET', `/compute/v2.1/servers/${id}`)).body.server.status, { timeout: BOOT })
    .toBe('ACTIVE');
  const asked = await cloud.request(
    'POST',
    `/compute/v2.1/servers/${id}/remote-consoles`,
    {
      remote_console: { protocol: 'vnc', type: 'novnc' },
    },
    { 'openstack-api-version': 'compute 2.90' },
  );
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  await page.goto(asked.body.remote_console.url);
  await expect(page.getByRole('toolbar', { name: 'Screen' })).toContainText('Connected');
  await expect.poll(() => litShare(page), { timeout: BOOT }).toBeGreaterThan(0.005);
  await picture(page, 'console-window');
  await page.goto(`${cloud.url}/console/vnc?token=made-up`);
  await expect(page.getByText('This console link has ended')).toBeVisible();
  await picture(page, 'console-window-expired');
  await stranger.close();
});

test('a console opens in a window of its own', async ({ signedIn: page, cloud }) => {
  const { body } = await cloud.request('GET', '/compute/v2.1/servers?name=linked');
  await page.goto(`${cloud.url}/machines/${body.servers[0].id}?tab=terminal`);
  await expect(page.getByRole('toolbar', { name: 'Terminal' })).toContainText('Connected');
  const opening = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Open in a window of its own' }).click();
  const popup = await opening;
  await expect(popup).toHaveTitle('linked');
  await expect(popup.getByRole('toolbar', { name: 'Terminal' })).toContainText('Connected');
  await expect.poll(() => terminalText(popup), { timeout: BOOT }).toContain('login:');
});

test('a machine that ignores its power button can be forced off', async ({ signedIn: page, cloud }) => {
  const image = await cloud.request('POST', '/image/v2/images', {
    name: 'nothing to boot',
    disk_format: 'raw',
    container_format: 'bare',
  });
  await fetch(`${cloud.url}/image/v2/images/${image.body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(1024 * 1024),
  });
  await page.goto(`${cloud.url}/launch?image=${image.body.id}`);
  await expect(page.getByRole('radio', { name: /nothing to boot/ })).toBeChecked();
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(page).toHaveURL(/tab=screen$/, { timeout: BOOT });
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Shut down' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
  await expect(page.locator('header').first()).toContainText('Shutting down');
  const offer = page.getByRole('alert').filter({ hasText: 'did not shut down' });
  await expect(offer.first()).toBeVisible({ timeout: BOOT });
  await expect(offer).toHaveCount(1);
  await picture(page, 'machine-not-off');
  await offer.getByRole('button', { name: 'Force off' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Force off' }).click();
  await expect(page.locator('header').first()).toContainText('Stopped', { timeout: BOOT });
});

/** The built-in image: the one that the first test left, or made now. */
async function imageFor(cloud: { request: (method: string, path: string) => Promise<{ body: any }> }): Promise<string> {
  const ready = async (): Promise<string | undefined> => {
    const { body } = await cloud.request('GET', '/image/v2/images?status=active');
    return body.images[0]?.id;
  };
  const known = await ready();
  if (known) return known;
  await cloud.request('POST', '/v1/image-catalog/cumulet-linux/import');
  await expect.poll(ready, { timeout: BOOT }).toBeTruthy();
  return (await ready()) ?? '';
}
