import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Menu, MenuItem } from 'electron';
import { expect, HOME_PAGE, test } from './desktop-test.ts';

test('the tray lists the machines, and its actions reach the cloud', async ({ startDesktop, cloud }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const client = await cloud();
  const serverId = await client.launch('Web & mail');
  const labels = () =>
    desktop.evaluate(() => ((globalThis.desktopRecords.trayMenu?.items ?? []) as MenuItem[]).map(({ label }) => label));
  await expect.poll(labels).toContain('Web && mail — running');
  const choose = (action: string) =>
    desktop.evaluate((_electron, wanted) => {
      const items = (globalThis.desktopRecords.trayMenu?.items ?? []) as MenuItem[];
      const machine = items.find(({ label }) => label.startsWith('Web '));
      const item = machine?.submenu?.items.find(({ label }) => label === wanted);
      if (!item?.enabled) throw new Error(`${wanted} cannot be chosen.`);
      item.click();
    }, action);
  await choose('Shut down');
  await page.getByRole('dialog').getByRole('button', { name: 'Shut down' }).click();
  await expect.poll(() => client.statusOf(serverId)).toBe('SHUTOFF');
  await expect.poll(labels).toContain('Web && mail — stopped');
  await choose('Start');
  await expect.poll(() => client.statusOf(serverId)).toBe('ACTIVE');
});

test('the menu leads through the dashboard', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  await desktop.evaluate(({ Menu: menus }) => {
    const find = (menu: Menu | null | undefined, label: string) => menu?.items.find((item) => item.label === label);
    find(find(menus.getApplicationMenu(), 'Go')?.submenu, 'Keys')?.click();
  });
  await expect(page).toHaveURL(/\/keys$/);
  await desktop.evaluate(({ Menu: menus }) => {
    const find = (menu: Menu | null | undefined, label: string) => menu?.items.find((item) => item.label === label);
    find(find(menus.getApplicationMenu(), 'View')?.submenu, 'Command palette…')?.click();
  });
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('a click on a notification opens its page', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const show = (link: string) =>
    page.evaluate((to) => window.cumulet?.invoke('notification:show', { title: 'Done', body: 'web', link: to }), link);
  await show('/images');
  await desktop.evaluate(() => globalThis.desktopRecords.notifications.at(-1)?.emit('click'));
  await expect(page).toHaveURL(/\/images$/);
  await expect(show('//elsewhere.example/')).rejects.toThrow('notification:show is refused');
});

test('saves a file where the dialog says, for its owner only', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const target = join(dataDir, 'key.pem');
  const save = (name: string) =>
    page.evaluate((as) => window.cumulet?.invoke('file:save', { name: as, content: 'secret\n' }), name);
  await desktop.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = async (...args: unknown[]) => {
      const { defaultPath } = args.at(-1) as Electron.SaveDialogOptions;
      return { canceled: false, filePath: defaultPath === 'key.pem' ? path : '' };
    };
  }, target);
  expect(await save('../../.ssh/key.pem')).toBe(true);
  expect(readFileSync(target, 'utf8')).toBe('secret\n');
  expect(statSync(target).mode & 0o777).toBe(0o600);

  await desktop.evaluate(({ dialog }) => {
    dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' });
  });
  expect(await save('key.pem')).toBe(false);
});

test('chooses images with their sizes', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const path = join(dataDir, 'controller.json');
  await desktop.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, path);
  expect(await page.evaluate(() => window.cumulet?.invoke('image:choose'))).toEqual([
    { name: 'controller.json', path, size: statSync(path).size },
  ]);
});

test('what is no call, or has wrong arguments, is refused', async ({ startDesktop }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const call = (channel: string, ...args: unknown[]) =>
    page.evaluate(
      ([name, values]) => {
        const invoke = window.cumulet?.invoke as (called: string, ...given: unknown[]) => Promise<unknown>;
        return invoke(name, ...values).then(
          () => 'answered',
          (error: Error) => error.message,
        );
      },
      [channel, args] as const,
    );
  expect(await call('shell:run', 'id')).toBe('There is no call shell:run.');
  expect(await call('__proto__')).toBe('There is no call __proto__.');
  expect(await call('console:open', { serverId: '../x', type: 'vnc', title: '' })).toContain('console:open is refused');
  expect(await call('app:open-external', 'file:///etc/passwd')).toContain('app:open-external is refused');
  expect(await call('tray:machines', [], 'more')).toContain('tray:machines is refused');
});

test('the sign-in is kept encrypted and ends when it is cleared', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const file = join(dataDir, 'desktop', 'sign-in');
  const secret = await page.evaluate(() => window.cumulet?.invoke('keychain:load'));
  const { token } = JSON.parse(secret ?? '{}');
  expect(token).toEqual(expect.any(String));
  // Encrypting takes its time.
  await expect.poll(() => existsSync(file)).toBe(true);
  expect(readFileSync(file).includes(token)).toBe(false);
  await page.evaluate(() => window.cumulet?.invoke('keychain:clear'));
  expect(await page.evaluate(() => window.cumulet?.invoke('keychain:load'))).toBeNull();
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

test('who signs out while the keychain is slow leaves nothing behind', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const file = join(dataDir, 'desktop', 'sign-in');
  const kept = () => page.evaluate(() => window.cumulet?.invoke('keychain:load'));
  const signOut = async () => {
    await page.getByRole('button', { name: /^Account admin/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/sign-in/);
  };
  /** What the platform has done is handed out when `letGo` is called, and at once from then on. */
  const holdKeychain = () =>
    desktop.evaluate(({ safeStorage }) => {
      const gate = Promise.withResolvers<void>();
      const { encryptStringAsync: encrypt, decryptStringAsync: decrypt } = safeStorage;
      const afterGate =
        <A, R>(work: (value: A) => Promise<R>) =>
        async (value: A) => {
          const done = await work.call(safeStorage, value);
          await gate.promise;
          return done;
        };
      safeStorage.encryptStringAsync = afterGate(encrypt);
      safeStorage.decryptStringAsync = afterGate(decrypt);
      Object.assign(globalThis, { letKeychainGo: gate.resolve });
    });
  // Calls are answered in turn: by the answer to one asked after it, what waited has been done.
  const letGo = () => desktop.evaluate(() => (globalThis as { letKeychainGo?: () => void }).letKeychainGo?.());
  await expect.poll(() => existsSync(file)).toBe(true);
  const encrypted = readFileSync(file);
  await signOut();
  expect(await kept()).toBeNull();
  expect(existsSync(file)).toBe(false);

  await test.step('while the sign-in is being encrypted', async () => {
    await holdKeychain();
    const password = readFileSync(join(dataDir, 'secrets', 'admin-password'), 'utf8').trimEnd();
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page).toHaveURL(HOME_PAGE);
    expect(await kept()).toEqual(expect.any(String));
    await signOut();
    await letGo();
    expect(await kept()).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  await test.step('while it is being decrypted', async () => {
    writeFileSync(file, encrypted);
    await holdKeychain();
    const [answer] = await Promise.all([
      kept(),
      page.evaluate(() => window.cumulet?.invoke('keychain:clear')).then(letGo),
    ]);
    expect(answer).toBeNull();
    expect(await kept()).toBeNull();
    expect(existsSync(file)).toBe(false);
  });
});
