import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenIdProvider, ProviderBrowser } from '../../app/identity/testing/openid-provider.ts';
import { expect, HOME_PAGE, test } from './desktop-test.ts';

test("another place's account signs in through the browser, and the window goes on", async ({
  startDesktop,
  cloud,
  dataDir,
}) => {
  const provider = await OpenIdProvider.start();
  try {
    writeFileSync(
      join(dataDir, 'config.toml'),
      `[[identity.oidc]]
id = "acme"
name = "Acme"
issuer = "${provider.issuer}"
client_id = "cumulet"
client_secret = "${provider.secret}"
[[identity.oidc.mapping.rules]]
local = [{ user = { id = "{0}", name = "{1}" }, projects = [{ name = "home of {0}", roles = [{ name = "member" }] }] }]
remote = [{ type = "sub" }, { type = "preferred_username" }]
`,
    );
    const desktop = await startDesktop();
    const page = await desktop.window(HOME_PAGE);
    provider.comeBackTo(`${(await cloud()).url}/v1/sign-in/oidc/callback`);
    await page.getByRole('button', { name: /^Account admin/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    const button = page.getByRole('button', { name: 'Sign in with Acme' });
    const opened = () => desktop.evaluate(() => globalThis.desktopRecords.openedExternally);

    await test.step('waiting can be given up', async () => {
      await button.click();
      await expect.poll(async () => (await opened()).length).toBe(1);
      await page.getByRole('button', { name: 'Stop waiting' }).click();
      await expect(button).toBeVisible();
    });

    await test.step('finished in the browser, the window is signed in', async () => {
      await button.click();
      await expect.poll(async () => (await opened()).length).toBe(2);
      const [, url = ''] = await opened();
      const back = await new ProviderBrowser(provider).signIn(url, 'carol');
      expect((await fetch(back)).status).toBe(200);
      await expect(page.getByRole('button', { name: 'Account carol of Acme, project home of carol' })).toBeVisible();
    });
  } finally {
    provider.close();
  }
});
