import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import type { ImageSource } from './image/image-download.ts';
import { readJson } from './json-file.ts';

const controllerFileSchema = z.object({ url: z.url(), pid: z.number(), controllerId: z.string() });

export interface ControllerAddress {
  /** Base URL without a slash at the end, `http://...` */
  url: string;
  secret: string;
}

/**
 * Where the controller is: the file it writes when it listens, and the secret both know. Read anew at each use, for
 * the controller may come back on another port.
 */
export class ControllerLocator implements ImageSource {
  private readonly controllerFile: string;
  private readonly secretFile: string;

  constructor(controllerFile: string, secretFile: string) {
    this.controllerFile = controllerFile;
    this.secretFile = secretFile;
  }

  async locate(): Promise<ControllerAddress> {
    const controller = await readJson(this.controllerFile, controllerFileSchema);
    if (controller === null) throw new Error(`no controller: ${this.controllerFile} is not there`);
    const secret = (await readFile(this.secretFile, 'utf8')).trim();
    return { url: controller.url.replace(/(?<!\/)\/+$/, ''), secret };
  }

  /** Tells when the file appears or changes. The folder is watched, since the file comes and goes. */
  watch(onChange: () => void): { close(): void } {
    const folder = dirname(this.controllerFile);
    const name = basename(this.controllerFile);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const watcher: FSWatcher = watch(folder, (_event, changed) => {
      if (changed === null || changed === name) onChange();
    });
    // Without it the agent is only slower to notice: it dials again by itself.
    watcher.on('error', () => watcher.close());
    return watcher;
  }
}

export function webSocketUrl(url: string, path: string): string {
  return `${url.replace(/^http/, 'ws')}${path}`;
}
