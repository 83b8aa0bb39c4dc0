import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Frame, Page, Route } from '@playwright/test';
import { app, RefusableEvent } from './app.ts';
import { callHandler } from './ipc-main.ts';
import { rendererScript } from './renderer-side.ts';
import { session } from './session.ts';

class NavigationEvent extends RefusableEvent {
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }
}

/** One page with its two-way traffic: calls, events, navigation, headers. */
export class WebContents extends EventEmitter {
  readonly #page: Promise<Page>;
  #frame: { url: string } = { url: 'about:blank' };
  #opened: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  /** What main itself loads needs no consent of `will-navigate`. */
  #loading: string | null = null;

  constructor(page: Promise<Page>, preload: string) {
    super();
    this.#page = page.then(async (ready) => {
      await this.#connect(ready, preload);
      return ready;
    });
    app.emit('web-contents-created', {}, this);
  }

  get mainFrame(): { url: string } {
    return this.#frame;
  }

  get page(): Promise<Page> {
    return this.#page;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#opened = handler;
  }

  getURL(): string {
    return this.#frame.url;
  }

  async load(address: string): Promise<void> {
    const page = await this.#page;
    this.#loading = address;
    await page.goto(address);
  }

  reload(): void {
    void this.#page.then((page) => page.reload());
  }

  send(channel: string, ...args: unknown[]): void {
    void this.#page.then((page) =>
      page.evaluate(
        ([name, values]) => {
          const receive: unknown = Reflect.get(window, Symbol.for('desktop.receive'));
          if (typeof receive === 'function') receive(name, values);
        },
        [channel, args] as const,
      ),
    );
  }

  async #connect(page: Page, preload: string): Promise<void> {
    await page.exposeBinding('desktopInvoke', (source, channel: string, args: unknown[]) =>
      this.#invoke(source.frame, page, channel, args),
    );
    await page.exposeBinding('desktopOpen', (_source, url: string) => {
      this.#opened({ url });
    });
    await page.addInitScript(rendererScript(readFileSync(preload, 'utf8')));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#frame.url = frame.url();
    });
    await page.route('**/*', (route) => this.#pass(route, page));
  }

  /** Lets a document through that main consents to, with the headers main gives it. */
  async #pass(route: Route, page: Page): Promise<void> {
    const request = route.request();
    if (!request.isNavigationRequest()) return route.fallback();
    const isMain = request.frame() === page.mainFrame();
    const url = request.url();
    if (!this.#mayNavigate(url, isMain)) return route.abort('aborted');
    try {
      const response = await route.fetch({ maxRedirects: 0 });
      const received: Record<string, string[]> = {};
      for (const { name, value } of response.headersArray()) received[name] = [...(received[name] ?? []), value];
      const headers = await session.defaultSession.changeHeaders({
        url,
        resourceType: isMain ? 'mainFrame' : 'subFrame',
        responseHeaders: received,
      });
      const flat = Object.entries(headers).map(([name, values]) => [name, values.join(', ')] as const);
      await route.fulfill({ response, headers: Object.fromEntries(flat) });
    } catch {
      // Nobody listens there, or the page is gone; the first the page must be told.
      await route.abort('connectionrefused').catch(() => undefined);
    }
  }

  #mayNavigate(url: string, isMain: boolean): boolean {
    if (isMain && this.#loading !== null && new URL(this.#loading).href === url) {
      this.#loading = null;
      return true;
    }
    const event = new NavigationEvent(url);
    if (isMain) this.emit('will-navigate', event);
    this.emit('will-frame-navigate', event);
    return !event.defaultPrevented;
  }

  async #invoke(
    frame: Frame,
    page: Page,
    channel: string,
    args: unknown[],
  ): Promise<{ result: unknown } | { error: string }> {
    const senderFrame = frame === page.mainFrame() ? this.#frame : { url: frame.url() };
    try {
      return { result: await callHandler(channel, { sender: this, senderFrame }, args) };
    } catch (error) {
      return { error: String(error) };
    }
  }
}
