import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, HOME_PAGE, test } from './desktop-test.ts';

test('opens a window on the dashboard, signed in, with nothing but the bridge', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Images' })).toBeVisible();
  const bridge = await page.evaluate(async () => ({
    names: Object.keys(window.cumulet ?? {}).sort(),
    info: await window.cumulet?.invoke('app:info'),
    isNodeThere: 'process' in window || 'require' in window,
  }));
  expect(bridge).toEqual({
    names: ['invoke', 'on'],
    info: { version: expect.any(String), platform: process.platform, language: 'en' },
    isNodeThere: false,
  });
});

test('a page that did not come is loaded again', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const links = page.getByRole('navigation').getByRole('link', { name: 'Images' });
  await expect(links).toBeVisible();
  // As Chromium leaves the window and tells of it when the network changes meanwhile.
  await page.evaluate(() => document.body.replaceChildren());
  await desktop.evaluate(
    ({ BrowserWindow }, url) =>
      BrowserWindow.getAllWindows()[0]?.webContents.emit('did-fail-load', {}, -21, 'ERR_NETWORK_CHANGED', url, true),
    page.url(),
  );
  await expect(links).toBeVisible();
});

test('a second start brings the window of the first to front', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  await desktop.startAgain();
  await expect
    .poll(() =>
      desktop.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => [window.isMinimized(), window.isVisible()]),
      ),
    )
    .toEqual([[false, true]]);
});

test('a deep link of a second start leads to its page', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  await desktop.startAgain('cumulet://images');
  await expect(page).toHaveURL(/\/images$/);
  await desktop.startAgain('cumulet://sign-in?code=stolen');
  await desktop.startAgain('cumulet://flavors');
  await expect(page).toHaveURL(/\/flavors$/);
});

test('a desktop started by a deep link opens there', async ({ startDesktop }) => {
  const desktop = await startDesktop({ args: ['cumulet://networks'] });
  await desktop.window(/\/networks(#|$)/);
});

test('the main window comes back where it was', async ({ startDesktop }) => {
  const place = { x: 210, y: 130, width: 1000, height: 700 };
  const first = await startDesktop();
  await first.window(HOME_PAGE);
  await first.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), place);
  await first.close();
  const second = await startDesktop();
  await second.window(HOME_PAGE);
  expect(await second.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toEqual(place);
});

test('a console opens in a window of its own, once, and remembers its place', async ({ startDesktop, cloud }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const serverId = await (await cloud()).launch('web');
  const open = () =>
    page.evaluate(
      (id) => window.cumulet?.invoke('console:open', { serverId: id, type: 'serial', title: 'web' }),
      serverId,
    );
  const bounds = () =>
    desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.getBounds()));
  await open();
  const console = await desktop.window(/\/console\/serial\?token=/);
  expect(new URL(console.url()).searchParams.get('title')).toBe('web');
  await open();
  expect(await bounds()).toHaveLength(2);

  const place = { x: 333, y: 222, width: 900, height: 640 };
  await desktop.evaluate(({ BrowserWindow }, rectangle) => {
    const window = BrowserWindow.getAllWindows().find(({ webContents }) => webContents.getURL().includes('/console/'));
    window?.setBounds(rectangle);
    window?.close();
  }, place);
  await expect.poll(async () => (await bounds()).length).toBe(1);
  await open();
  await expect.poll(bounds).toContainEqual(place);
});

test('the dashboard cannot be led away, and other pages reach nothing', async ({ startDesktop }) => {
  const foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>foreign</title><p>foreign');
  });
  foreign.listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => foreign.once('listening', resolve));
    const address = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
    const desktop = await startDesktop();
    const page = await desktop.window(HOME_PAGE);
    const home = page.url();

    await page.evaluate((to) => location.assign(to), address);
    await page.evaluate((to) => window.open(to), 'https://example.org/help');
    await expect
      .poll(() => desktop.evaluate(() => globalThis.desktopRecords.openedExternally))
      .toEqual(['https://example.org/help']);
    expect(page.url()).toBe(home);
    expect(await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

    // Only the main process itself can bring another page in; even then it may ask for nothing.
    await desktop.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.loadURL(to), address);
    const refusal = await page.evaluate(() =>
      window.cumulet?.invoke('app:info').catch((error: Error) => error.message),
    );
    expect(refusal).toContain('app:info is refused: this page is not the dashboard.');
  } finally {
    foreign.close();
  }
});

test('pages run under a strict policy', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const violation = await page.evaluate(
    () =>
      new Promise<{ directive: string; policy: string }>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective, originalPolicy }) =>
          resolve({ directive: effectiveDirective, policy: originalPolicy }),
        );
        void fetch('http://127.0.0.1:1/').catch(() => undefined);
      }),
  );
  expect(violation.directive).toBe('connect-src');
  // And the one script that stands in the page itself.
  expect(violation.policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[^']+';/);
  expect(violation.policy).toContain(`ws://${new URL(page.url()).host}`);
});
