import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BusProgress } from '../../app/contract/bus.ts';
import { UserError } from '../../app/contract/errors.ts';
import type { MachineImage } from '../../app/contract/machine.ts';
import { syncFolder } from '../../app/files/whole-file.ts';
import { exists } from '../file-exists.ts';
import { readJsonIfWhole, writeJson } from '../json-file.ts';
import { downloadImage, type ImageSource } from './image-download.ts';
import { checkImageFile } from './image-format.ts';

interface SharedDownload {
  result: Promise<string>;
  abort: AbortController;
  listeners: Set<(progress: BusProgress) => void>;
  last: BusProgress | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA512 = /^[0-9a-f]{128}$/;
const PARTIAL = '.partial';

/** What came of an image waits so long for a launch that goes on with it. */
const DOWNLOAD_KEPT_MS = 24 * 60 * 60_000;

/** Beside an image: how its file was when its hash was last right. */
const CHECKED = '.checked';

const checkedSchema = z.object({ size: z.number(), mtimeMs: z.number(), inode: z.number() });

/**
 * Base images, read-only, shared by the machines of this host. A file that has its final name was complete and its
 * hash right. Each use looks whether the file is still the same by size, time and inode, and takes its hash again where
 * it is not; one that is damaged is fetched again.
 */
export class ImageCache {
  readonly folder: string;
  private readonly source: ImageSource;
  private readonly downloads = new Map<string, SharedDownload>();
  readonly #checks = new Map<string, Promise<boolean>>();

  constructor(folder: string, source: ImageSource) {
    this.folder = folder;
    this.source = source;
  }

  /** The file's name in the cache: the id to find it again for pruning, the hash so that no other bytes pass for it. */
  static fileName(image: MachineImage): string {
    if (!UUID.test(image.id)) throw new UserError('bad_request', 'The image id is not a uuid.', { field: 'image.id' });
    if (!SHA512.test(image.sha512)) {
      throw new UserError('bad_request', 'The image has no sha512.', { field: 'image.sha512' });
    }
    return `${image.id}.${image.sha512.slice(0, 16)}.${image.diskFormat}`;
  }

  /** Path of the checked image. Callers that want the same image share one download, which ends when all gave up. */
  async ensure(image: MachineImage, progress: (progress: BusProgress) => void, signal: AbortSignal): Promise<string> {
    const name = ImageCache.fileName(image);
    const path = join(this.folder, name);
    if (!this.downloads.has(name) && (await this.#isIntact(name, image))) return path;
    signal.throwIfAborted();
    const download = this.downloads.get(name) ?? this.begin(name, image);
    const listener = (report: BusProgress) => progress(report);
    download.listeners.add(listener);
    if (download.last !== null) progress(download.last);
    try {
      return await untilAborted(download.result, signal);
    } finally {
      download.listeners.delete(listener);
      if (download.listeners.size === 0) download.abort.abort();
    }
  }

  /** What no machine (`inUse`: names of files) and no download needs, whatever it is. */
  async unused(inUse: ReadonlySet<string>): Promise<{ name: string; bytes: number }[]> {
    const unused: { name: string; bytes: number }[] = [];
    for (const name of await this.files()) {
      if (name.includes(CHECKED) || this.#isNeeded(name, inUse)) continue;
      const bytes = await stat(join(this.folder, name))
        .then(({ size }) => size)
        .catch(() => null);
      if (bytes !== null) unused.push({ name, bytes });
    }
    return unused;
  }

  /** Removes one file, or every copy of the image of that id; false, and what is in use stays, where something is. */
  async remove(which: { file: string } | { image: string }, inUse: ReadonlySet<string>): Promise<boolean> {
    const files = await this.files();
    const isMeant = (name: string) =>
      'file' in which ? name === which.file || name === which.file + CHECKED : name.slice(0, 36) === which.image;
    const meant = files.filter(isMeant);
    const free = meant.filter((name) => !this.#isNeeded(name, inUse));
    for (const name of free) await rm(join(this.folder, name), { recursive: true, force: true });
    return free.length === meant.length;
  }

  /** Removes what downloads left with which nobody went on for a day. */
  async forgetOldDownloads(): Promise<void> {
    for (const name of await this.files()) {
      if (!name.endsWith(PARTIAL) || this.downloads.has(name.slice(0, -PARTIAL.length))) continue;
      const path = join(this.folder, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > DOWNLOAD_KEPT_MS) await rm(path, { force: true });
    }
  }

  #isNeeded(name: string, inUse: ReadonlySet<string>): boolean {
    const image = name.replace(PARTIAL, '').replace(CHECKED, '');
    return inUse.has(image) || this.downloads.has(image);
  }

  #isIntact(name: string, image: MachineImage): Promise<boolean> {
    const running = this.#checks.get(name);
    if (running !== undefined) return running;
    const check = this.#check(name, image).finally(() => this.#checks.delete(name));
    this.#checks.set(name, check);
    return check;
  }

  async #check(name: string, image: MachineImage): Promise<boolean> {
    const path = join(this.folder, name);
    if (!(await exists(path))) return false;
    const now = await fingerprint(path);
    if (now.size !== image.size) return false;
    const checked = await readJsonIfWhole(`${path}${CHECKED}`, checkedSchema);
    if (checked !== null && checked.mtimeMs === now.mtimeMs && checked.inode === now.inode) return true;
    const hash = createHash('sha512');
    for await (const block of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(block);
    if (hash.digest('hex') !== image.sha512) return false;
    await writeJson(`${path}${CHECKED}`, now, 'process');
    return true;
  }

  private async files(): Promise<string[]> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return readdir(this.folder);
  }

  private begin(name: string, image: MachineImage): SharedDownload {
    const abort = new AbortController();
    const shared: SharedDownload = { result: Promise.resolve(''), abort, listeners: new Set(), last: null };
    shared.result = this.load(name, image, shared).finally(() => {
      if (this.downloads.get(name) === shared) this.downloads.delete(name);
    });
    // Whoever waits sees the failure; with nobody left it must not become an unhandled rejection.
    shared.result.catch(() => undefined);
    this.downloads.set(name, shared);
    abort.signal.addEventListener('abort', () => this.downloads.delete(name), { once: true });
    return shared;
  }

  private async load(name: string, image: MachineImage, shared: SharedDownload): Promise<string> {
    await this.forgetOldDownloads();
    const path = join(this.folder, name);
    const partial = `${path}${PARTIAL}`;
    await downloadImage({
      image,
      path: partial,
      source: this.source,
      signal: shared.abort.signal,
      progress(done) {
        shared.last = { stage: 'image', done, total: image.size, unit: 'bytes' };
        for (const listener of shared.listeners) listener(shared.last);
      },
    });
    try {
      await checkImageFile(partial, image);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    await chmod(partial, 0o444);
    await rename(partial, path);
    await writeJson(`${path}${CHECKED}`, await fingerprint(path), 'process');
    await syncFolder(this.folder);
    return path;
  }
}

async function fingerprint(path: string): Promise<z.infer<typeof checkedSchema>> {
  const { size, mtimeMs, ino } = await stat(path);
  return { size, mtimeMs, inode: ino };
}

/** The promise's result, or the signal's rejection as soon as it fires; the promise goes on for others. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
