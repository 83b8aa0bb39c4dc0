import type { Page } from '@playwright/test';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

test('a person is added with a password and a project, and sees only what they may', async ({
  signedIn: page,
  cloud,
  browser,
}) => {
  await page.goto(`${cloud.url}/people`);
  await expect(page.getByRole('link', { name: 'admin', exact: true })).toBeVisible();
  await picture(page, 'people');

  await test.step('what is wrong is said at its field', async () => {
    await page.getByRole('button', { name: 'Add person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog).toContainText('Enter a name');
    await picture(page, 'person-create');
  });

  const password = await test.step('the password is shown once', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('ann');
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('ann@example.org');
    await dialog.getByRole('combobox', { name: 'Default project' }).click();
    await page.getByRole('option', { name: 'admin' }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    const shown = page.getByRole('dialog', { name: 'Password of ann' });
    await expect(shown).toBeVisible();
    await picture(page, 'person-password');
    const text = await shown.locator('dd').last().locator('[title]').first().getAttribute('title');
    await shown.getByRole('button', { name: 'I have it' }).click();
    return text ?? '';
  });

  await test.step('their access says how it comes', async () => {
    await page.getByRole('link', { name: 'ann', exact: true }).click();
    await page.getByRole('tab', { name: 'Access' }).click();
    const panel = page.getByRole('complementary', { name: 'ann' });
    await expect(panel.getByRole('row', { name: /member.*admin.*Given directly/ })).toBeVisible();
    await expect(panel.getByRole('row', { name: /reader.*admin.*Comes with role member/ })).toBeVisible();
    await picture(page, 'person-access');
  });

  await test.step('a role taken away comes back by undo', async () => {
    const panel = page.getByRole('complementary', { name: 'ann' });
    await panel
      .getByRole('row', { name: /Given directly/ })
      .getByRole('button', { name: 'More actions' })
      .click();
    await page.getByRole('menuitem', { name: 'Take away' }).click();
    // Under the pointer it stays.
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.hover();
    await expect(panel.getByText('can sign in and do nothing')).toBeVisible();
    await undo.click();
    await expect(panel.getByRole('row', { name: /Given directly/ })).toBeVisible();
  });

  await test.step('whoever has no rights is not offered the area', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const own = await context.newPage();
    await signIn(own, cloud, { name: 'ann', password });
    await expect(own.getByRole('navigation').getByRole('link', { name: 'Networks' })).toBeVisible();
    await expect(own.getByRole('navigation').getByRole('link', { name: 'People' })).toHaveCount(0);
    await own.goto(`${cloud.url}/people`);
    await expect(own.getByText('This list is not open to you')).toBeVisible();
    await picture(own, 'people-reader');
    await context.close();
  });

  await test.step('disabled, enabled, deleted', async () => {
    await page.goto(`${cloud.url}/people`);
    const row = page.getByRole('row', { name: /ann@example.org/ });
    await row.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await expect(row).toContainText('Disabled');
    await expect(row.getByRole('checkbox')).not.toBeChecked();
    await row.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('dialog')).toContainText('application credentials');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
  });
});

test('groups, projects, domains and roles', async ({ signedIn: page, cloud }) => {
  await cloud.request('POST', '/identity/v3/users', { user: { name: 'bob', password: 'secret-of-bob' } });

  await test.step('a group and its members', async () => {
    await page.goto(`${cloud.url}/people/groups`);
    await expect(page.getByText('No groups')).toBeVisible();
    await picture(page, 'groups-empty');
    await page.getByRole('button', { name: 'Create group' }).first().click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('operators');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'operators' }).click();
    await page.getByRole('combobox', { name: 'Person to add' }).click();
    await page.getByRole('option', { name: 'bob' }).click();
    const member = page.getByRole('complementary').getByRole('row', { name: /bob/ });
    await expect(member).toBeVisible();
    await member.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Remove from group' }).click();
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.hover();
    await expect(page.getByText('Nobody is in this group yet.')).toBeVisible();
    await undo.click();
    await expect(member).toBeVisible();
    await picture(page, 'group-members');
  });

  await test.step('a project with one below it, and the group in it', async () => {
    await page.goto(`${cloud.url}/people/projects`);
    await createProject(page, 'Create project', 'company');
    await page.getByRole('link', { name: 'company' }).click();
    await page.getByRole('tab', { name: 'Sub-projects' }).click();
    await createProject(page, 'Create sub-project…', 'web');
    await expect(page.getByRole('complementary').getByRole('link', { name: 'web' })).toBeVisible();
    await page.getByRole('tab', { name: 'Who has access' }).click();
    await page.getByRole('complementary').getByRole('button', { name: 'Give a role…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Person or group' }).click();
    await page.getByRole('option', { name: 'operators' }).click();
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'member' }).click();
    await dialog.getByRole('switch').check({ force: true });
    await picture(page, 'give-role');
    await dialog.getByRole('button', { name: 'Give' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('row', { name: /operators.*member.*On the projects below/ })).toBeVisible();
  });

  await test.step('below, the path names group and project', async () => {
    await page.goto(`${cloud.url}/people/projects`);
    await expect(page.getByRole('link', { name: 'web' })).toBeVisible();
    await picture(page, 'projects-tree');
    await page.getByRole('link', { name: 'web' }).click();
    await page.getByRole('tab', { name: 'Who has access' }).click();
    await expect(
      page.getByRole('row', { name: /bob.*member Through group operators · Inherited from project company/ }),
    ).toBeVisible();
    await picture(page, 'project-access');
  });

  await test.step('who has what, in a file', async () => {
    await page.goto(`${cloud.url}/people/access`);
    await page.getByRole('combobox', { name: 'Person' }).click();
    await page.getByRole('option', { name: 'bob' }).click();
    await expect(page.getByRole('row', { name: /member.*web/ })).toBeVisible();
    await picture(page, 'access');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    expect((await download).suggestedFilename()).toBe('access.csv');
  });

  await test.step('roles and what they bring', async () => {
    await page.goto(`${cloud.url}/people/roles`);
    await expect(page.getByRole('row', { name: /manager.*member → reader/ }).first()).toBeVisible();
    await page.getByRole('link', { name: 'manager' }).click();
    await picture(page, 'role');
    // Beside the panel there is no room for all pages of the area.
    await page.setViewportSize({ width: 1024, height: 800 });
    await expect(page.getByRole('tab', { name: 'Roles' })).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test.step('a project goes with what is below it', async () => {
    await page.goto(`${cloud.url}/people/projects`);
    await page
      .getByRole('row', { name: /company/ })
      .getByRole('button', { name: 'More actions' })
      .click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('1 project below it: web');
    await picture(page, 'project-delete');
    await dialog.getByRole('textbox').fill('company');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('link', { name: 'company' })).toHaveCount(0);
  });

  await test.step('a domain comes and goes', async () => {
    await page.goto(`${cloud.url}/people/domains`);
    await page.getByRole('button', { name: 'Create domain' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('acme');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'acme' }).click();
    await expect(page.getByRole('complementary')).toContainText('0 projects');
    await picture(page, 'domain');
    await page.getByRole('complementary').getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('acme');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('link', { name: 'acme' })).toHaveCount(0);
  });
});

async function createProject(page: Page, button: string, name: string): Promise<void> {
  await page.getByRole('button', { name: button }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog).toBeHidden();
}

test('managers of a domain see and change what is theirs', async ({ cloud, browser }) => {
  const domain = (await cloud.request('POST', '/identity/v3/domains', { domain: { name: 'acme' } })).body.domain;
  const user = { name: 'manager', password: 'secret-of-manager', domain_id: domain.id };
  const { id } = (await cloud.request('POST', '/identity/v3/users', { user })).body.user;
  const roles = (await cloud.request('GET', '/identity/v3/roles?name=manager')).body.roles;
  await cloud.request('PUT', `/identity/v3/domains/${domain.id}/users/${id}/roles/${roles[0].id}`);
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await signIn(page, cloud, { ...user, domain: domain.name });
  await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
  await expect(page.getByRole('link', { name: 'manager', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'admin', exact: true })).toHaveCount(0);
  await page.getByRole('tab', { name: 'Projects' }).click();
  await createProject(page, 'Create project', 'shop');
  await expect(page.getByRole('link', { name: 'shop' })).toBeVisible();
  await page.getByRole('tab', { name: 'People' }).click();
  await expect(page.getByText('Reconnecting')).toHaveCount(0);
  await picture(page, 'people-manager');
  await context.close();
});
