import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DesktopApp } from './desktop-app.ts';
import { expect, HOME_PAGE, test } from './desktop-test.ts';

declare global {
  /** Questions of message boxes that were answered by {@link answerWith}. */
  var desktopQuestions: string[] | undefined;
}

/** Answers every message box with the button of this label. */
async function answerWith(desktop: DesktopApp, label: string): Promise<void> {
  await desktop.evaluate(({ dialog }, wanted) => {
    globalThis.desktopQuestions = [];
    dialog.showMessageBox = async (...args: unknown[]) => {
      const { message, buttons = [] } = args.at(-1) as Electron.MessageBoxOptions;
      globalThis.desktopQuestions?.push(message);
      return { response: buttons.indexOf(wanted), checkboxChecked: false };
    };
  }, label);
}

const questions = (desktop: DesktopApp) => desktop.evaluate(() => globalThis.desktopQuestions);
const quit = (desktop: DesktopApp) => desktop.evaluate(({ app }) => app.quit());

test('without machines it leaves at once, controller and agent with it', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  await quit(desktop);
  expect(await desktop.ended).toBe(0);
  expect(existsSync(join(dataDir, 'controller.json'))).toBe(false);
});

test('asks what becomes of running machines, and stays when told to', async ({ startDesktop, cloud }) => {
  const desktop = await startDesktop();
  const page = await desktop.window(HOME_PAGE);
  const client = await cloud();
  const serverId = await client.launch('web');
  await answerWith(desktop, 'Cancel');
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => questions(desktop)).toEqual(['A machine is still running: web']);
  await expect(page.getByRole('navigation').first()).toBeVisible();
  expect(await client.statusOf(serverId)).toBe('ACTIVE');
});

test('leaves machines running when told to', async ({ startDesktop, cloud }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  const before = await cloud();
  const first = await before.launch('web');
  await before.launch('mail');
  await answerWith(desktop, 'Leave them running');
  await quit(desktop);
  expect(await desktop.ended).toBe(0);

  const again = await startDesktop();
  await again.window(HOME_PAGE);
  expect(await (await cloud()).actionsOf(first)).toEqual(['create']);
});

test('shuts machines down first when told to', async ({ startDesktop, cloud }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  const serverId = await (await cloud()).launch('web');
  await answerWith(desktop, 'Shut them down');
  await quit(desktop);
  expect(await desktop.ended).toBe(0);

  const again = await startDesktop();
  await again.window(HOME_PAGE);
  const after = await cloud();
  expect(await after.actionsOf(serverId)).toEqual(['stop', 'create']);
  // It waited until the machine was off, and not only until it was asked.
  expect(await after.lastActionOf(serverId)).toEqual(['Success']);
});

test('a controller that dies is started again under the open window', async ({ startDesktop, dataDir, cloud }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  const file = join(dataDir, 'controller.json');
  const { pid } = JSON.parse(readFileSync(file, 'utf8'));
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => JSON.parse(readFileSync(file, 'utf8')).pid).not.toBe(pid);
  // The port may be another one: then the window has moved there.
  const { url } = await cloud();
  const page = await desktop.window(new RegExp(`^${url}/(welcome|machines)`));
  await expect(page.getByRole('navigation').first()).toBeVisible();
});

test('a data folder that is taken away is said, and not made anew', async ({ startDesktop, dataDir }) => {
  const desktop = await startDesktop();
  await desktop.window(HOME_PAGE);
  await desktop.evaluate(({ dialog }) => {
    globalThis.desktopQuestions = [];
    dialog.showMessageBox = async (...args: unknown[]) => {
      globalThis.desktopQuestions?.push((args.at(-1) as Electron.MessageBoxOptions).message);
      return await new Promise(() => undefined);
    };
  });
  const away = `${dataDir}-moved-away`;
  renameSync(dataDir, away);
  try {
    await expect.poll(() => questions(desktop)).toEqual([`The data folder ${dataDir} is not there any more.`]);
    expect(existsSync(join(dataDir, 'agent'))).toBe(false);
    await desktop.close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
    renameSync(away, dataDir);
  }
});
