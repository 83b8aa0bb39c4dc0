import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, shell } from 'electron';
import { type CumuletError, OperationalError } from '../app/contract/errors.ts';
import { AgentProcess } from './agent-process.ts';
import { CloudClient } from './cloud-client.ts';
import { ControllerProcess } from './controller-process.ts';
import { chooseImages, saveFile } from './dialogs.ts';
import { registerIpc } from './ipc.ts';
import { Keychain } from './keychain.ts';
import { installMenu } from './menu.ts';
import { showNotification } from './notifications.ts';
import { QuitGuard } from './quit.ts';
import { openExternal, securePages } from './security.ts';
import { followOtherStarts } from './single-instance.ts';
import type { StartOptions } from './start-options.ts';
import { chooseLanguage, textsOf } from './texts.ts';
import { MachineTray } from './tray.ts';
import { WindowPlaces } from './window-places.ts';
import { Windows } from './windows.ts';

/** A file beside this one in the bundle, or from there. */
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Wires the desktop: processes, windows, menus, tray, and the calls the dashboard may make. */
export async function startDesktop(options: StartOptions): Promise<void> {
  const program = fromHere('../program/cumulet.js');
  const controller = new ControllerProcess(program, options.forController);
  const agent = new AgentProcess(program, options.forAgent);
  await app.whenReady();
  // First of all: the controller starts while the rest is set up.
  controller.start();
  agent.start();

  const profile = app.getPath('userData');
  const language = chooseLanguage(app.getPreferredSystemLanguages());
  const texts = textsOf(language);
  const keychain = new Keychain(join(profile, 'sign-in'));
  const windows = new Windows({
    preload: fromHere('preload.cjs'),
    icon: fromHere('../../assets/icons/icon.png'),
    places: new WindowPlaces(join(profile, 'windows.json')),
    // The window is the app, except on macOS: closing it means leaving.
    onCloseMain: (event) => {
      if (process.platform === 'darwin' || quit.isLeaving) return;
      event.preventDefault();
      void quit.quit({ ask: true });
    },
  });
  const tray = new MachineTray(fromHere('../../assets/icons/tray.png'), texts, {
    open: () => windows.open(null),
    show: (serverId) => windows.open(`/machines/${serverId}`),
    command: (command) => windows.command(command),
    quit: () => void quit.quit({ ask: true }),
  });
  const quit = new QuitGuard({
    controller,
    texts,
    window: () => windows.main,
    stopAll: async () => {
      await Promise.allSettled([agent.stop(), controller.stop()]);
      tray.destroy();
    },
  });
  quit.install();
  // Without a listener Electron would leave by itself, and ask nobody.
  app.on('window-all-closed', () => undefined);
  securePages(() => windows.origin);
  let logFolder: string | null = null;
  installMenu(
    texts,
    {
      command: (command) => windows.command(command),
      navigate: (path) => windows.open(path),
      openLogs: () => {
        if (logFolder !== null) void shell.openPath(logFolder);
      },
    },
    process.platform,
    app.isPackaged,
  );

  registerIpc(
    {
      'console:open': async (_window, target) => {
        await windows.openConsole(target, async () => {
          const token = await keychain.token();
          if (windows.origin === null || token === null) {
            throw new OperationalError('unauthorized', 'user', texts.fault.signedOut);
          }
          return await new CloudClient(windows.origin, token, texts).createConsole(target.serverId, target.type);
        });
      },
      'image:choose': (window) => chooseImages(window, texts),
      'file:save': (window, file) => saveFile(window, texts, file),
      'notification:show': (_window, notice) => showNotification(notice, (path) => windows.open(path)),
      'tray:machines': (_window, machines) => tray.showMachines(machines),
      'keychain:load': () => keychain.load(),
      'keychain:save': (_window, secret) => keychain.save(secret),
      'keychain:clear': () => keychain.clear(),
      'app:info': () => ({ version: app.getVersion(), platform: process.platform, language }),
      'app:open-external': async (_window, url) => {
        await openExternal(url);
      },
    },
    () => windows.origin,
  );
  followOtherStarts((path) => windows.open(path));

  controller.on('ready', ({ url, signInLink, logFolder: folder }) => {
    logFolder = folder;
    void windows.showDashboard(url, signInLink, options.path);
  });
  controller.on('failed', async (error) => {
    if (quit.isLeaving) return;
    // It would be started again meanwhile, and make a data folder anew where that is what is missing.
    await agent.stop();
    if (!(await askToTryAgain(error, texts))) return await quit.quit({ ask: false });
    await controller.restart();
    agent.start();
  });
}

async function askToTryAgain(error: CumuletError, texts: ReturnType<typeof textsOf>): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: texts.failed.title,
    message: error.message,
    ...(error.hint ? { detail: error.hint } : {}),
    buttons: [texts.failed.again, texts.failed.quit],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
