import { BrowserWindow, screen } from 'electron';
import type { ConsoleType } from '../app/contract/console.ts';
import type { WindowPlaces } from './window-places.ts';

export interface ConsoleTarget {
  serverId: string;
  type: ConsoleType;
  title: string;
}

export interface WindowParts {
  preload: string;
  icon: string;
  places: WindowPlaces;
  /** The person closes the main window; `preventDefault` keeps it. */
  onCloseMain(event: { preventDefault(): void }): void;
}

const MAIN_SIZE = { width: 1280, height: 800 };
/** A window that has not moved for this long has found its place. */
const SETTLED_MS = 500;
/** Chromium's own number for a load that another one overtakes (net_error_list.h). */
const LOAD_ABORTED = -3;
const LOADED_AGAIN_MS = 1000;
const CONSOLE_SIZE = { width: 1040, height: 820 };

/** The main window and one window per console. Their pages are the dashboard's, from the controller's origin. */
export class Windows {
  readonly #parts: WindowParts;
  readonly #consoles = new Map<string, BrowserWindow>();
  #main: BrowserWindow | null = null;
  #origin: string | null = null;
  /** Asked for before the controller listened. */
  #firstPath: string | null = null;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get main(): BrowserWindow | null {
    return this.#main;
  }

  /** The controller's origin; null before it listens. */
  get origin(): string | null {
    return this.#origin;
  }

  /**
   * The controller listens. The first time, and when it came back at another address, the main window goes there: signed
   * in by `signInLink` where there is one. Back at the same address the page finds it again by itself.
   */
  async showDashboard(url: string, signInLink: string | null, path: string | null): Promise<void> {
    const { origin } = new URL(url);
    if (this.#origin === origin) return;
    this.#origin = origin;
    for (const window of this.#consoles.values()) window.close();
    const page = this.#firstPath ?? path;
    const entry = new URL(page ?? '/', origin);
    // The code stands behind the #, so that it reaches no log; the dashboard takes it on any page.
    if (signInLink !== null) entry.hash = new URL(signInLink).hash;
    await load(this.#openMain(), entry.href);
  }

  /** Brings the main window to front, at `path` of the dashboard where one is given. */
  open(path: string | null): void {
    if (this.#origin === null) {
      this.#firstPath = path ?? this.#firstPath;
      return;
    }
    const known = this.#main;
    const window = this.#openMain();
    if (!known) void load(window, new URL(path ?? '/', this.#origin).href);
    else if (path !== null) window.webContents.send('navigate', path);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Has the dashboard carry out a command of a menu or the tray, in the main window. */
  command(command: string): void {
    if (this.#origin === null) return;
    if (!this.#main) this.open(null);
    // The preload script keeps it until the page listens.
    this.#main?.webContents.send('command', command);
  }

  /** A console in a window of its own, with the address that `addressOf` gets; the one that is there comes to front. */
  async openConsole(target: ConsoleTarget, addressOf: () => Promise<string>): Promise<void> {
    const name = `console:${target.serverId}:${target.type}`;
    const known = this.#consoles.get(name);
    if (known) {
      if (known.isMinimized()) known.restore();
      known.focus();
      return;
    }
    const address = new URL(await addressOf());
    address.searchParams.set('title', target.title);
    // With it a window that was cut off can ask for a new token.
    address.searchParams.set('server', target.serverId);
    const window = this.#create(name, CONSOLE_SIZE, target.title);
    this.#consoles.set(name, window);
    window.once('closed', () => this.#consoles.delete(name));
    await load(window, address.href);
  }

  #openMain(): BrowserWindow {
    if (this.#main) return this.#main;
    const window = this.#create('main', MAIN_SIZE, 'Cumulet');
    window.on('close', (event) => this.#parts.onCloseMain(event));
    window.once('closed', () => {
      this.#main = null;
    });
    this.#main = window;
    return window;
  }

  #create(name: string, size: { width: number; height: number }, title: string): BrowserWindow {
    const { places, preload, icon } = this.#parts;
    const displays = screen.getAllDisplays().map(({ workArea }) => workArea);
    const place = places.find(name, displays);
    const window = new BrowserWindow({
      ...size,
      ...(place ? { x: place.x, y: place.y, width: place.width, height: place.height } : {}),
      minWidth: 480,
      minHeight: 360,
      title,
      icon,
      show: false,
      autoHideMenuBar: name !== 'main',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (place?.maximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    const remember = () => places.remember(name, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    // Moving and resizing come in bursts; what a crash may cost is the last half second of them.
    let settled: NodeJS.Timeout | undefined;
    const settle = () => {
      clearTimeout(settled);
      settled = setTimeout(remember, SETTLED_MS);
    };
    window.on('resize', settle).on('move', settle);
    window.on('close', () => {
      clearTimeout(settled);
      remember();
    });
    window.once('closed', () => clearTimeout(settled));
    // A page that crashed is loaded again. That the controller is gone is a matter of its own process.
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && reason !== 'killed') window.webContents.reload();
    });
    // Of a page that did not come, as when the network changed meanwhile, the window would stay empty.
    window.webContents.on('did-fail-load', (_event, code, _description, address, isMainFrame) => {
      if (!isMainFrame || code === LOAD_ABORTED || new URL(address).origin !== this.#origin) return;
      const again = setTimeout(() => {
        if (!window.isDestroyed()) void load(window, address);
      }, LOADED_AGAIN_MS);
      window.webContents.once('did-start-loading', () => clearTimeout(again));
    });
    return window;
  }
}

/** A load that another one overtakes, or that closing the window cuts off, is no failure. */
async function load(window: BrowserWindow, address: string): Promise<void> {
  await window.loadURL(address).catch((error: unknown) => {
    if (!window.isDestroyed()) console.error(`${new URL(address).pathname} could not be loaded:`, error);
  });
}
