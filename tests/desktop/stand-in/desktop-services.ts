import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { records } from './records.ts';

/** No person is here to answer: a test puts its answer in the place of the function before it is asked for. */
function unanswered(name: string): () => Promise<never> {
  return () => Promise.reject(new Error(`${name} was opened, and the test has no answer.`));
}

export const dialog = {
  showOpenDialog: unanswered('An open dialog'),
  showSaveDialog: unanswered('A save dialog'),
  showMessageBox: unanswered('A message box'),
};

export const shell = {
  async openExternal(url: string): Promise<void> {
    records.openedExternally.push(url);
  },
  async openPath(path: string): Promise<string> {
    records.openedExternally.push(path);
    return '';
  },
};

export class Notification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title, body }: { title: string; body: string }) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    records.notifications.push(this);
  }
}

export const nativeImage = {
  createFromPath(path: string): { setTemplateImage(): void } {
    if (!existsSync(path)) throw new Error(`There is no icon ${path}.`);
    return { setTemplateImage: () => undefined };
  },
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};
