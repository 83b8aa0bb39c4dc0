import { EventEmitter } from 'node:events';
import { records } from './records.ts';

interface ItemTemplate {
  label?: string;
  role?: string;
  type?: string;
  enabled?: boolean;
  submenu?: ItemTemplate[];
  click?: () => void;
}

class MenuItem {
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly enabled: boolean;
  readonly submenu: Menu | null;
  readonly click: () => void;

  constructor(template: ItemTemplate) {
    this.label = template.label ?? '';
    this.role = template.role;
    this.type = template.type ?? (template.submenu ? 'submenu' : 'normal');
    this.enabled = template.enabled ?? true;
    this.submenu = template.submenu ? Menu.buildFromTemplate(template.submenu) : null;
    this.click = template.click ?? (() => undefined);
  }
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: readonly MenuItem[];

  constructor(items: readonly MenuItem[]) {
    this.items = items;
  }

  static buildFromTemplate(template: ItemTemplate[]): Menu {
    return new Menu(template.map((item) => new MenuItem(item)));
  }

  static setApplicationMenu(menu: Menu): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}

export class Tray extends EventEmitter {
  setToolTip(): void {}

  setContextMenu(menu: Menu): void {
    records.trayMenu = { items: [...menu.items] };
  }

  destroy(): void {
    records.trayMenu = null;
  }
}
