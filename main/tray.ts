import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { ServerView } from '../app/contract/openstack.ts';
import type { Texts } from './texts.ts';

export type TrayMachine = Pick<ServerView, 'id' | 'name' | 'status'>;

export interface TrayActions {
  open(): void;
  show(serverId: string): void;
  /** `server.start:<id>` or `server.stop:<id>`, carried out by the dashboard. */
  command(command: string): void;
  quit(): void;
}

/** More would not fit on a screen; the dashboard lists them all. */
const SHOWN_MACHINES = 25;

/** The icon beside the clock, with the machines and what can be done with each. */
export class MachineTray {
  readonly #tray: Tray;
  readonly #texts: Texts;
  readonly #actions: TrayActions;

  constructor(iconFile: string, texts: Texts, actions: TrayActions) {
    this.#texts = texts;
    this.#actions = actions;
    const icon = nativeImage.createFromPath(iconFile);
    if (process.platform === 'darwin') icon.setTemplateImage(true);
    this.#tray = new Tray(icon);
    this.#tray.setToolTip('Cumulet');
    this.#tray.on('click', () => actions.open());
    this.showMachines([]);
  }

  showMachines(machines: readonly TrayMachine[]): void {
    const { tray } = this.#texts;
    const none: MenuItemConstructorOptions[] = [{ label: tray.noMachines, enabled: false }];
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: tray.open, click: () => this.#actions.open() },
        { type: 'separator' },
        ...(machines.length === 0 ? none : machines.slice(0, SHOWN_MACHINES).map((machine) => this.#itemOf(machine))),
        { type: 'separator' },
        { label: tray.quit, click: () => this.#actions.quit() },
      ]),
    );
  }

  destroy(): void {
    this.#tray.destroy();
  }

  #itemOf({ id, name, status }: TrayMachine): MenuItemConstructorOptions {
    const { tray, status: words } = this.#texts;
    return {
      // A single & would underline the letter after it.
      label: `${name.replaceAll('&', '&&')} — ${words[status]}`,
      submenu: [
        { label: tray.show, click: () => this.#actions.show(id) },
        { label: tray.start, enabled: status === 'SHUTOFF', click: () => this.#actions.command(`server.start:${id}`) },
        {
          label: tray.stop,
          enabled: status === 'ACTIVE',
          click: () => {
            // The dashboard asks first: a slip of the pointer must not end what runs.
            this.#actions.open();
            this.#actions.command(`server.stop:${id}`);
          },
        },
      ],
    };
  }
}
