import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Texts } from './texts.ts';

/** What menus can ask for; the dashboard does it. */
export interface MenuActions {
  command(command: string): void;
  navigate(path: string): void;
  openLogs(): void;
}

const PAGES = ['machines', 'images', 'flavors', 'keys', 'networks', 'hosts', 'activity'] as const;

export function installMenu(texts: Texts, actions: MenuActions, platform: NodeJS.Platform, isPackaged: boolean): void {
  const { menu } = texts;
  const isMac = platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: menu.file,
      submenu: [
        { label: menu.launch, accelerator: 'CmdOrCtrl+N', click: () => actions.command('launch') },
        { type: 'separator' },
        { label: menu.close, role: 'close' },
        ...(isMac ? [] : [{ role: 'quit' as const }]),
      ],
    },
    { label: menu.edit, role: 'editMenu' },
    {
      label: menu.view,
      submenu: [
        // Shown only: the page itself listens for the key, and a console must be able to keep it.
        {
          label: menu.palette,
          accelerator: 'CmdOrCtrl+K',
          registerAccelerator: false,
          click: () => actions.command('palette'),
        },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(isPackaged
          ? []
          : [
              { type: 'separator' as const },
              { label: menu.reload, role: 'reload' as const },
              { role: 'toggleDevTools' as const },
            ]),
      ],
    },
    {
      label: menu.go,
      submenu: PAGES.map((page, index) => ({
        label: menu[page],
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => actions.navigate(`/${page}`),
      })),
    },
    { label: menu.window, role: 'windowMenu' },
    { label: menu.help, role: 'help', submenu: [{ label: menu.dataFolder, click: () => actions.openLogs() }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
