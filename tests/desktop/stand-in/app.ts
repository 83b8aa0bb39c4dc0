import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdSingleInstance } from './single-instance.ts';

/** An event that listeners may refuse. */
export class RefusableEvent {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** What `app.quit` closes; the windows register themselves. */
export interface OpenWindow {
  closeForQuit(): Promise<boolean>;
}

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly windows = new Set<OpenWindow>();
  #userData = join(process.env.CUMULET_STAND_IN_HOME ?? '.', 'profile');
  #name = 'electron';

  async whenReady(): Promise<void> {}

  getPath(name: string): string {
    if (name !== 'userData') throw new Error(`The stand-in knows no path ${name}.`);
    mkdirSync(this.#userData, { recursive: true });
    return this.#userData;
  }

  setPath(name: string, path: string): void {
    if (name === 'userData') this.#userData = path;
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  setAppUserModelId(): void {}

  setAsDefaultProtocolClient(): boolean {
    return true;
  }

  getVersion(): string {
    return '0.1.0';
  }

  getPreferredSystemLanguages(): string[] {
    return (process.env.CUMULET_STAND_IN_LANGUAGES ?? 'en-US').split(',');
  }

  requestSingleInstanceLock(): boolean {
    return holdSingleInstance(this.getPath('userData'), (argv) =>
      this.emit('second-instance', new RefusableEvent(), argv, process.cwd()),
    );
  }

  quit(): void {
    void this.#quit();
  }

  exit(code = 0): void {
    process.exit(code);
  }

  /** Electron's order: `before-quit`, every window's `close`, `will-quit`; each may refuse. */
  async #quit(): Promise<void> {
    const event = new RefusableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of [...this.windows]) if (!(await window.closeForQuit())) return;
    this.emit('will-quit', new RefusableEvent());
    process.exit(0);
  }
}

export const app = new App();
