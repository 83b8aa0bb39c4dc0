import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../contract/errors.ts';
import { fileReader } from './formats/disk-reader.ts';
import { type DiskFormat, detectFormat } from './formats/inspect.ts';

/** `images/unclaimed/`: files that the database does not know, moved aside by the store's sweep. */
export class AsideFiles {
  readonly dir: string;
  readonly #imagesDir: string;

  constructor(imagesDir: string) {
    this.#imagesDir = imagesDir;
    this.dir = join(imagesDir, 'unclaimed');
  }

  async names(): Promise<string[]> {
    return await readdir(this.dir).catch(() => []);
  }

  /** Of a link it is the link itself, wherever that leads. */
  async list(): Promise<{ name: string; bytes: number }[]> {
    const names = await this.names();
    return await Promise.all(names.map(async (name) => ({ name, bytes: (await lstat(this.path(name))).size })));
  }

  /** A name in the folder itself, never a way out of it. */
  path(name: string): string {
    if (name !== basename(name) || name === '' || name === '.' || name === '..') {
      throw new TypeError('The name is not that of a file.');
    }
    return join(this.dir, name);
  }

  /** What the content is, as far as it says. A link would make an image of any file there is; a pipe is waited for. */
  async formatOf(name: string): Promise<DiskFormat> {
    const found = await lstat(this.path(name)).catch(() => undefined);
    if (found && !found.isFile()) {
      throw new UserError('conflict', `${name} is no file of its own, so no image can be made of it.`, {
        hint: 'Put the file itself in its place, or remove it here when nobody needs it.',
      });
    }
    const file = await open(this.path(name), 'r').catch((cause: unknown) => {
      throw new UserError('gone', `The file ${name} is not in ${this.dir} any more.`, { cause });
    });
    try {
      return await detectFormat(fileReader(file, (await file.stat()).size));
    } finally {
      await file.close();
    }
  }

  /** From `images/` to here. */
  async take(name: string): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await rename(join(this.#imagesDir, name), this.path(name));
  }

  /** From here to `images/`. */
  async giveBack(name: string): Promise<void> {
    await rename(this.path(name), join(this.#imagesDir, name));
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true, force: true });
  }
}
