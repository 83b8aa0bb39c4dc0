import type { Locator, Page } from '@playwright/test';
import type { TestCloud } from '../cloud.ts';
import { expect, picture, signIn, terminalText, test } from './cloud.fixture.ts';
import { launchMany } from './launch-many.ts';

test.use({
  hypervisor: 'simulated',
  simulated: {
    failures: [
      { verb: 'reboot', nameIncludes: 'stubborn', times: 3, message: 'The guest hangs.' },
      { verb: 'spawn', nameIncludes: 'doomed', message: 'The disk could not be made.' },
    ],
  },
});

const tray = (page: Page) => page.getByRole('button', { name: /^Tasks/ });
const row = (page: Page, name: string | RegExp) => page.getByRole('row', { name });

async function remove(cloud: TestCloud): Promise<void> {
  const { body } = await cloud.request('GET', '/compute/v2.1/servers?all_tenants=1');
  for (const { id } of body.servers) await cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
  const left = async () => (await cloud.request('GET', '/compute/v2.1/servers?all_tenants=1')).body.servers.length;
  await expect.poll(left).toBe(0);
}

test('an action that fails is said at once, counted until it was seen, and stands at its machine', async ({
  signedIn: page,
  cloud,
}) => {
  await launchMany(cloud, 'stubborn', 1);
  await page.getByRole('link', { name: 'Flavors' }).click();
  const [{ id }] = (await cloud.request('GET', '/compute/v2.1/servers')).body.servers;
  await cloud.request('POST', `/compute/v2.1/servers/${id}/action`, { reboot: { type: 'SOFT' } });

  await test.step('on whatever page one is', async () => {
    const notice = page.getByRole('alert').filter({ hasText: 'Reboot failed: stubborn' });
    await expect(notice).toContainText('The guest hangs.');
    await expect(tray(page)).toHaveAccessibleName('Tasks: 1 failed');
    await picture(page, 'task-failed');
    await notice.getByRole('button', { name: 'Show' }).click();
    await expect(page).toHaveURL(new RegExp(`/machines/${id}$`));
    await expect(notice).toHaveCount(0);
  });

  await test.step('on its page and in its row, until it is put aside or something works', async () => {
    const standing = page.getByRole('main').getByRole('alert').filter({ hasText: 'Reboot failed' });
    await expect(standing).toContainText('The guest hangs.');
    await picture(page, 'machine-action-failed');
    await page.getByRole('link', { name: 'Machines' }).first().click();
    await expect(
      row(page, /stubborn.*Running/).getByRole('img', { name: 'Reboot failed: The guest hangs.' }),
    ).toBeVisible();
    await picture(page, 'machines-action-failed');
    await page.getByRole('link', { name: 'stubborn' }).click();
    await standing.getByRole('button', { name: 'Dismiss' }).click();
    await expect(standing).toHaveCount(0);
    // Here the page says it: no second notice over it.
    await page.getByRole('button', { name: 'Reboot' }).click();
    await page.getByRole('dialog', { name: 'Reboot stubborn?' }).getByRole('button', { name: 'Reboot' }).click();
    await expect(standing).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(1);
  });

  await test.step('the tray shows them, and then they are seen', async () => {
    await expect(tray(page)).toHaveAccessibleName('Tasks: 2 failed');
    await tray(page).click();
    await expect(page.getByRole('region', { name: 'Tasks' })).toContainText('The guest hangs.');
    await picture(page, 'task-tray-failed');
    await page.keyboard.press('Escape');
    await expect(tray(page)).toHaveAccessibleName('Tasks');
    await page.reload();
    await expect(tray(page)).toHaveAccessibleName('Tasks');
  });

  await test.step('as Nova tells it', async () => {
    const { body } = await cloud.request('GET', `/compute/v2.1/servers/${id}`);
    expect(body.server).toMatchObject({ status: 'ACTIVE' });
    expect(body.server).not.toHaveProperty('fault');
    const { instanceActions } = (await cloud.request('GET', `/compute/v2.1/servers/${id}/os-instance-actions`)).body;
    expect(instanceActions[0]).toMatchObject({
      action: 'reboot',
      message: 'Error',
    });
  });
  await remove(cloud);
});

test('a launch that fails can be tried again as it was filled in', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'well', 1);
  await page.goto(`${cloud.url}/launch`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('doomed');
  await page.getByRole('button', { name: 'More settings' }).click();
  await page.getByRole('textbox', { name: 'User data' }).fill('#!/bin/sh\necho once more');
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'doomed was not launched' })).toBeVisible();
  await expect(page.getByText('The disk could not be made.')).toHaveCount(1);
  await picture(page, 'launch-failed');
  const again = page.getByRole('link', { name: 'Launch again' });
  await page.getByRole('link', { name: 'To the machine' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The disk could not be made.');
  await expect(page.getByText('The disk could not be made.')).toHaveCount(1);
  await picture(page, 'machine-failed');
  await again.click();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toHaveValue('doomed');
  await page.getByRole('button', { name: 'More settings' }).click();
  await expect(page.getByRole('textbox', { name: 'User data' })).toHaveValue('#!/bin/sh\necho once more');
  // Another window knows only what the machine tells.
  await page.reload();
  await expect(name).toHaveValue('doomed');
  await name.fill('saved');
  await page.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(page).toHaveURL(/\?tab=screen$/);
  await remove(cloud);
});

test('a menu is about what is chosen, and the focus comes back to where it was', async ({ signedIn: page, cloud }) => {
  await launchMany(cloud, 'pick', 3);
  const box = (name: string) => row(page, new RegExp(name)).getByRole('checkbox');
  const more = row(page, /pick-2/).getByRole('button', { name: 'More actions' });
  await expect(page.getByText('3 machines')).toBeVisible();

  await test.step('of a chosen row: about all that are chosen', async () => {
    await box('pick-1').click();
    await box('pick-3').click();
    await row(page, /pick-3/).click({ button: 'right' });
    await expect(page.getByRole('menu')).toContainText('2 selected');
    await expect(page.getByRole('menuitem', { name: 'Rename' })).toHaveCount(0);
    await picture(page, 'machines-menu-selection');
    await page.getByRole('menuitem', { name: 'Shut down' }).click();
    await page
      .getByRole('dialog', { name: 'Shut down 2 machines?' })
      .getByRole('button', { name: 'Shut down' })
      .click();
    await expect(row(page, /Stopped/)).toHaveCount(2);
    for (const name of ['pick-1', 'pick-3']) await expect(box(name)).not.toBeChecked();
  });

  await test.step('of another row: that is chosen alone, and asked about', async () => {
    await box('pick-1').click();
    await more.click();
    await expect(box('pick-1')).not.toBeChecked();
    await expect(box('pick-2')).toBeChecked();
    await page.getByRole('menuitem', { name: 'Shut down' }).click();
    await expect(page.getByRole('dialog', { name: 'Shut down pick-2?' })).toBeVisible();
    await picture(page, 'machine-shut-down');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(more).toBeFocused();
  });

  await test.step('the focus returns from menus and every kind of dialog', async () => {
    const menu = page.getByRole('menu');
    const dialog = page.getByRole('dialog');
    /** Pressed before the thing has opened, it would close nothing. */
    const pressEscape = async (from: Locator): Promise<void> => {
      await expect(from).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(from).toHaveCount(0);
    };
    await page.keyboard.press('Enter');
    await pressEscape(menu);
    await expect(more).toBeFocused();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await expect(dialog.getByRole('textbox')).toBeFocused();
    await pressEscape(dialog);
    await expect(more).toBeFocused();
    const grid = page.getByRole('grid', { name: 'Machines' });
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await pressEscape(dialog);
    await expect(grid).toBeFocused();
    const columns = page.getByRole('button', { name: 'Columns' });
    await columns.click();
    await pressEscape(menu);
    await expect(columns).toBeFocused();
    // The focus comes into a menu a moment after it is seen.
    await columns.click();
    await expect(page.locator('[role="menu"]:focus-within')).toBeVisible();
    await columns.focus();
    await pressEscape(menu);
    await expect(columns).toBeFocused();
    // The row goes with its button: the list is the nearest that is left.
    await more.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('2 machines')).toBeVisible();
    await expect(grid).toBeFocused();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await pressEscape(dialog);
    await expect(page.getByRole('button', { name: /^Account/ })).toBeFocused();
  });

  await test.step('a console lets go of the keyboard', async () => {
    await page
      .getByRole('link', { name: /pick-[13]/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Start' }).click();
    await expect(page.locator('header').first()).toContainText('Running');
    for (const [tab, keys] of [
      ['Terminal', 'Control+F6'],
      ['Screen', 'Control+Shift+L'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      const toolbar = page.getByRole('toolbar', { name: tab });
      await expect(toolbar).toContainText('Connected');
      await page.getByTestId(tab.toLowerCase()).click();
      await expect(toolbar.getByText('leaves the console')).toBeVisible();
      await picture(page, `console-way-out-${tab.toLowerCase()}`);
      await page.keyboard.press('Tab');
      await expect(toolbar.locator(':focus')).toHaveCount(0);
      await page.keyboard.press(keys);
      await expect(toolbar.getByRole('button').first()).toBeFocused();
    }
  });
  await remove(cloud);
});

test('an administrator sees the machines of every project', async ({ signedIn: page, cloud }) => {
  const made = await cloud.request('POST', '/identity/v3/projects', { project: { name: 'elsewhere' } });
  const [admin] = (await cloud.request('GET', '/identity/v3/users?name=admin')).body.users;
  const [role] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
  await cloud.request('PUT', `/identity/v3/projects/${made.body.project.id}/users/${admin.id}/roles/${role.id}`);
  const own = await page.context().browser()?.newContext({ locale: 'en-GB' });
  await launchMany(cloud, 'here', 1);
  await expect(row(page, /here/)).toBeVisible();
  const image = (await cloud.request('GET', '/image/v2/images?name=here image')).body.images[0];
  await cloud.request(
    'PATCH',
    `/image/v2/images/${image.id}`,
    [{ op: 'replace', path: '/visibility', value: 'public' }],
    {
      'content-type': 'application/openstack-images-v2.1-json-patch',
    },
  );
  const there = await own?.newPage();
  if (!there) throw new Error('no second window');
  await signIn(there, cloud, { name: 'admin', password: cloud.password });
  await there.getByRole('button', { name: /Working in/ }).click();
  await there.getByRole('option', { name: 'elsewhere' }).click();
  await expect(there.getByRole('button', { name: 'Account admin, project elsewhere' })).toBeVisible();
  await there.goto(`${cloud.url}/launch?image=${image.id}`);
  await there.getByRole('textbox', { name: 'Name', exact: true }).fill('theirs');
  await there.getByRole('button', { name: 'Launch', exact: true }).click();
  await expect(there).toHaveURL(/\?tab=screen$/);

  // Heard of, and none of this project's.
  await expect(page.getByText('1 machine', { exact: true })).toBeVisible();
  await page.getByText('All projects').click();
  await expect(row(page, /theirs.*elsewhere/)).toBeVisible();
  await expect(row(page, /here.*admin/)).toBeVisible();
  await picture(page, 'machines-all-projects');
  await page.reload();
  await page.getByRole('toolbar').getByRole('button', { name: 'Project' }).click();
  await page.getByRole('checkbox', { name: /elsewhere/ }).check({ force: true });
  await page.keyboard.press('Escape');
  await expect(page.getByText('1 of 2 machines')).toBeVisible();
  await page.getByRole('link', { name: 'theirs' }).click();
  await page.getByRole('button', { name: 'Shut down' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
  await expect(page.locator('header').first()).toContainText('Stopped');
  await own?.close();
  await remove(cloud);
});

test('a host that is gone is seen at its machines, their consoles, and before a launch', async ({
  page,
  signedIn: administrator,
  cloud,
}) => {
  await launchMany(cloud, 'cut', 1);
  // Members are not told the name of a machine's host, and are told this all the same.
  const user = { name: 'mira', password: 'secret of mira' };
  const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
  const [role] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
  const [project] = (await cloud.request('GET', '/identity/v3/projects?name=admin')).body.projects;
  await cloud.request('PUT', `/identity/v3/projects/${project.id}/users/${id}/roles/${role.id}`);
  const context = await administrator.context().browser()?.newContext({ locale: 'en-GB' });
  const member = await context?.newPage();
  if (!member) throw new Error('no second window');
  await signIn(member, cloud, user);
  await expect(row(member, /cut.*Running/)).toBeVisible();
  await page.goto(`${cloud.url}/machines`);
  await page.getByRole('link', { name: 'cut' }).click();
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await expect(page.getByRole('toolbar', { name: 'Terminal' })).toContainText('Connected');
  await expect.poll(() => terminalText(page)).not.toBe('');

  await cloud.stopAgent();
  await expect(row(member, /cut.*Host not reachable/)).toBeVisible();
  await expect(page.getByRole('toolbar', { name: 'Terminal' })).toContainText('Host not reachable');
  await expect(page.getByText('The connection to the host is lost')).toBeVisible();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('The host of this machine cannot be reached');
  await picture(page, 'host-away-terminal');
  await page.getByRole('tab', { name: 'Overview' }).click();
  await picture(page, 'host-away');
  await member.goto(`${cloud.url}/launch`);
  await expect(member.getByRole('alert')).toContainText('No host can be reached');
  await picture(member, 'launch-without-host');
  await context?.close();
});
