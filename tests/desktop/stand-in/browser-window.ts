import { EventEmitter } from 'node:events';
import { app, type OpenWindow, RefusableEvent } from './app.ts';
import { connectToChromium } from './chromium.ts';
import { WebContents } from './web-contents.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface WindowOptions extends Partial<Bounds> {
  title?: string;
  show?: boolean;
  webPreferences: { preload: string };
}

/** Where a window appears that names no place. */
const CENTRED = { x: 320, y: 140 };

export class BrowserWindow extends EventEmitter implements OpenWindow {
  static readonly #open = new Set<BrowserWindow>();
  static #focused: BrowserWindow | null = null;
  readonly webContents: WebContents;
  #bounds: Bounds;
  #title: string;
  #isVisible: boolean;
  #isMaximized = false;
  #isMinimized = false;
  #isDestroyed = false;

  constructor(options: WindowOptions) {
    super();
    const { x = CENTRED.x, y = CENTRED.y, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.#title = options.title ?? '';
    this.#isVisible = options.show ?? true;
    this.webContents = new WebContents(
      connectToChromium().then((context) => context.newPage()),
      options.webPreferences.preload,
    );
    BrowserWindow.#open.add(this);
    app.windows.add(this);
    void this.webContents.page.then(async (page) => {
      // Closed from outside, as when the test's browser ends.
      page.once('close', () => this.#gone());
      await page.setViewportSize({ width, height });
    });
  }

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#open];
  }

  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.#focused;
  }

  static fromWebContents(contents: unknown): BrowserWindow | null {
    return [...BrowserWindow.#open].find((window) => window.webContents === contents) ?? null;
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.load(address);
    this.emit('ready-to-show');
  }

  close(): void {
    void this.closeForQuit();
  }

  /** Answers whether the window is gone; a listener of `close` may keep it. */
  async closeForQuit(): Promise<boolean> {
    const event = new RefusableEvent();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    const page = await this.webContents.page;
    await page.close();
    this.#gone();
    return true;
  }

  show(): void {
    this.#isVisible = true;
  }

  focus(): void {
    BrowserWindow.#focused = this;
    void this.webContents.page.then((page) => page.bringToFront());
  }

  minimize(): void {
    this.#isMinimized = true;
  }

  restore(): void {
    this.#isMinimized = false;
  }

  maximize(): void {
    this.#isMaximized = true;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isMaximized(): boolean {
    return this.#isMaximized;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isFocused(): boolean {
    return BrowserWindow.#focused === this;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  getTitle(): string {
    return this.#title;
  }

  getBounds(): Bounds {
    return { ...this.#bounds };
  }

  getNormalBounds(): Bounds {
    return this.getBounds();
  }

  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('resize');
    this.emit('move');
  }

  #gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    BrowserWindow.#open.delete(this);
    app.windows.delete(this);
    if (BrowserWindow.#focused === this) BrowserWindow.#focused = null;
    this.emit('closed');
    if (BrowserWindow.#open.size === 0) app.emit('window-all-closed');
  }
}
