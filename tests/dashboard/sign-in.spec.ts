import { Secret, TOTP } from 'otpauth';
import { identitySettingsSchema } from '../../app/identity/identity.settings.ts';
import { OpenIdProvider } from '../../app/identity/testing/openid-provider.ts';
import { startCloud, type TestCloud } from '../cloud.ts';
import { dashboardDir, expect, picture, signIn, test } from './cloud.fixture.ts';

/** A provider of OpenID Connect with its development pages, and a cloud that trusts it and wants first passwords changed. */
let provider: OpenIdProvider;
let cloud: TestCloud;

test.beforeAll(async () => {
  provider = await OpenIdProvider.start();
  const home = { name: 'home of {0}', roles: [{ name: 'member' }] };
  const remote = [{ type: 'sub' }, { type: 'preferred_username' }];
  const identity = identitySettingsSchema.parse({
    security_compliance: { change_password_upon_first_use: true },
    oidc: [
      {
        id: 'acme',
        name: 'Acme',
        issuer: provider.issuer,
        client_id: 'cumulet',
        client_secret: provider.secret,
        mapping: { rules: [{ local: [{ user: { id: '{0}', name: '{1}' }, projects: [home] }], remote }] },
      },
    ],
  });
  cloud = await startCloud({ hypervisor: 'none', dashboardDir, identity });
  provider.comeBackTo(`${cloud.url}/v1/sign-in/oidc/callback`);
});

test.afterAll(async () => {
  await cloud?.close();
  provider?.close();
});

/** A member of the project `admin`. */
async function addPerson(name: string, password: string, options: object = {}): Promise<string> {
  const user = { name, password, options };
  const { body } = await cloud.request('POST', '/identity/v3/users', { user });
  const [role] = (await cloud.request('GET', '/identity/v3/roles?name=member')).body.roles;
  const [project] = (await cloud.request('GET', '/identity/v3/projects?name=admin')).body.projects;
  const grant = `/identity/v3/projects/${project.id}/users/${body.user.id}/roles/${role.id}`;
  expect((await cloud.request('PUT', grant)).status).toBe(204);
  return body.user.id;
}

test('who was given a password chooses another before anything else', async ({ page }) => {
  await addPerson('ann', 'given to ann');
  await signIn(page, cloud, { name: 'ann', password: 'given to ann' });
  await expect(page.getByText('The password of ann has expired')).toBeVisible();
  const chosen = page.getByRole('textbox', { name: 'New password', exact: true });
  const again = page.getByRole('textbox', { name: 'New password again' });
  const submit = page.getByRole('button', { name: 'Set and sign in' });
  await chosen.fill('given to ann');
  await submit.click();
  await expect(page.getByText('Choose another than the old one')).toBeVisible();
  await chosen.fill('chosen by ann');
  await again.fill('chosen by an');
  await submit.click();
  await expect(page.getByText('These are not the same')).toBeVisible();
  await picture(page, 'sign-in-new-password');
  await again.fill('chosen by ann');
  await submit.click();
  await expect(page.getByRole('button', { name: 'Account ann, project admin' })).toBeVisible();

  await test.step('and changes it later', async () => {
    await page.goto(`${cloud.url}/account?tab=security`);
    const before = page.getByRole('textbox', { name: 'Current password' });
    await before.fill('given to ann');
    await chosen.fill('the third');
    await again.fill('the third');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByRole('alert')).toContainText('The password was not changed');
    await before.fill('chosen by ann');
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('The password is changed. Other sessions of yours have ended.')).toBeVisible();
    // The session that goes on is one that works.
    await page.getByRole('link', { name: 'Keys' }).click();
    await expect(page.getByText('No keys yet')).toBeVisible();
    await page.getByRole('button', { name: /^Account ann/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(page, cloud, { name: 'ann', password: 'the third' });
    await expect(page.getByRole('button', { name: 'Account ann, project admin' })).toBeVisible();
  });
});

test('a second step: enrolled, then asked for', async ({ page, browser }) => {
  const id = await addPerson('bob', 'secret of bob', { ignore_change_password_upon_first_use: true });
  await signIn(page, cloud, { name: 'bob', password: 'secret of bob' });
  await page.getByRole('button', { name: 'Account bob, project admin' }).click();
  await page.getByRole('menuitem', { name: 'Account' }).click();
  await page.getByRole('tab', { name: 'Password and second step' }).click();
  await page.getByRole('button', { name: 'Enrol an authenticator app' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: /scan/ })).toBeVisible();
  const secret = (await dialog.locator('[title]').first().getAttribute('title')) ?? '';
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await expect(dialog).toContainText('This is not the code for the secret above');
  await picture(page, 'account-totp');
  await dialog.getByRole('textbox', { name: 'Code' }).fill(app.generate());
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('listitem').filter({ hasText: 'Authenticator app' })).toBeVisible();
  await picture(page, 'account-security');

  await test.step('an administrator asks for it', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const admin = await context.newPage();
    await admin.goto(await cloud.controller.signInLink());
    await admin.getByRole('navigation').getByRole('link', { name: 'People' }).click();
    await admin.getByRole('row', { name: /bob/ }).getByRole('button', { name: 'More actions' }).click();
    await admin.getByRole('menuitem', { name: 'Edit…' }).click();
    await admin.getByRole('switch', { name: 'Second factor' }).check({ force: true });
    await admin.getByRole('button', { name: 'Save' }).click();
    await expect(admin.getByRole('dialog')).toBeHidden();
    await context.close();
    const { options } = (await cloud.request('GET', `/identity/v3/users/${id}`)).body.user;
    expect(options).toMatchObject({
      multi_factor_auth_enabled: true,
      multi_factor_auth_rules: [['password', 'totp']],
    });
  });

  await test.step('a wrong code is refused, the right one lets in', async () => {
    await page.getByRole('button', { name: /^Account bob/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(page, cloud, { name: 'bob', password: 'secret of bob' });
    await expect(page.getByText('Enter the code that your authenticator app shows for bob.')).toBeVisible();
    const code = page.getByRole('textbox', { name: 'Code' });
    await expect(code).toBeFocused();
    await code.fill('12345');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('The code has 6 digits')).toBeVisible();
    const right = app.generate();
    await code.fill(right === '123456' ? '654321' : '123456');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toContainText('This code is wrong, or was used already.');
    await picture(page, 'sign-in-passcode');
    await code.fill(app.generate());
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Account bob, project admin' })).toBeVisible();
  });

  await test.step('rules that only other programs can satisfy are named', async () => {
    const options = { multi_factor_auth_rules: [['password', 'application_credential']] };
    await cloud.request('PATCH', `/identity/v3/users/${id}`, { user: { options } });
    await page.getByRole('button', { name: /^Account bob/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn(page, cloud, { name: 'bob', password: 'secret of bob' });
    await expect(page.getByRole('alert')).toContainText('password + application_credential');
  });
});

test('the account of another place: its page, then this one, in a project of its mapping', async ({ page }) => {
  await page.goto(`${cloud.url}/flavors`);
  await picture(page, 'sign-in-provider');
  await page.getByRole('button', { name: 'Sign in with Acme' }).click();
  await page.locator('input[name=login]').fill('carol');
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Account carol of Acme, project home of carol' })).toBeVisible();

  await test.step('what needs a password of this cloud is not offered', async () => {
    await page.goto(`${cloud.url}/account?tab=security`);
    await expect(page.getByText('Your account is with acme: its password is changed there.')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Current password' })).toHaveCount(0);
    await picture(page, 'account-federated');
  });
});
