import { BIND_DN, BIND_PASSWORD, group, person, Slapd, SUFFIX } from '../integration/slapd.ts';
import { expect, picture, signIn, test } from './cloud.fixture.ts';

test.use({ hypervisor: 'none' });

test('a domain is connected to an LDAP server, and its people sign in', async ({ signedIn: page, cloud, browser }) => {
  const slapd = await Slapd.start([person('alice'), person('bob'), group('staff', ['alice'])]);
  let domainPath: string | undefined;
  try {
    const made = await cloud.request('POST', '/identity/v3/domains', { domain: { name: 'acme' } });
    domainPath = `/identity/v3/domains/${made.body.domain.id}`;
    await page.goto(`${cloud.url}/people/domains`);
    await page.getByRole('link', { name: 'acme', exact: true }).click();
    await page.getByRole('tab', { name: 'LDAP' }).click();
    const panel = page.getByRole('complementary', { name: 'acme' });
    const dialog = page.getByRole('dialog');

    await test.step('what is wrong is said before anything is kept', async () => {
      await panel.getByRole('button', { name: 'Connect to an LDAP server…' }).click();
      await dialog.getByRole('textbox', { name: 'Address' }).fill('http://x');
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog).toContainText('must be ldap://');
      await dialog.getByRole('textbox', { name: 'Address' }).fill(slapd.url);
      await dialog.getByRole('textbox', { name: 'Account to read with' }).fill(BIND_DN);
      await dialog.getByRole('textbox', { name: 'Its password' }).fill('wrong');
      await dialog.getByRole('textbox', { name: 'People are below' }).fill(`ou=people,${SUFFIX}`);
      await dialog.getByRole('textbox', { name: 'Groups are below' }).fill(`ou=groups,${SUFFIX}`);
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog.getByRole('alert')).toContainText('refuses the account');
      await picture(page, 'ldap-refused');
    });

    await test.step('the test says whom one would find', async () => {
      await dialog.getByRole('textbox', { name: 'Its password' }).fill(BIND_PASSWORD);
      await dialog.getByRole('button', { name: 'Test connection' }).click();
      await expect(dialog.getByRole('status')).toContainText('People: 2, groups: 1');
      await expect(dialog.getByRole('status')).toContainText('alice, bob, staff');
      await picture(page, 'ldap-tested');
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(panel).toContainText('People: 2, groups: 1');
      await picture(page, 'ldap-connected');
    });

    await test.step('what cannot be changed here says so', async () => {
      await page.goto(`${cloud.url}/people`);
      await page.getByRole('link', { name: 'alice', exact: true }).click();
      const alice = page.getByRole('complementary', { name: 'alice' });
      await expect(alice).toContainText('LDAP server of the domain');
      await alice.getByRole('button', { name: 'More actions' }).click();
      await expect(page.getByRole('menuitem', { name: /Edit/ })).toBeDisabled();
      await picture(page, 'ldap-person');
      await page.keyboard.press('Escape');
    });

    await test.step('she signs in with her own password', async () => {
      const context = await browser.newContext({ locale: 'en-GB' });
      const own = await context.newPage();
      await signIn(own, cloud, { name: 'alice', password: 'alice-password', domain: 'acme' });
      await expect(own.getByRole('button', { name: /alice/ })).toBeVisible();
      await own.goto(`${cloud.url}/account`);
      await own.getByRole('tab', { name: 'Password and second step' }).click();
      await expect(own.getByText('Your password is that of your company’s account')).toBeVisible();
      await context.close();
    });

    await test.step('a server that is down is told with what to do', async () => {
      await slapd.stop();
      await page.goto(`${cloud.url}/people/domains`);
      await page.getByRole('link', { name: 'acme', exact: true }).click();
      await page.getByRole('tab', { name: 'LDAP' }).click();
      await expect(async () => {
        await panel.getByRole('button', { name: 'Check again' }).click();
        await expect(panel.getByRole('alert')).toContainText('does not answer', { timeout: 3000 });
      }).toPass({ timeout: 60_000 });
      await picture(page, 'ldap-down');
    });
  } finally {
    // Other files' tests share the cloud.
    if (domainPath) {
      await cloud.request('PATCH', domainPath, { domain: { enabled: false } });
      await cloud.request('DELETE', domainPath);
    }
    await slapd.close();
  }
});
