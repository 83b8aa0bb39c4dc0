import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { HEAD_BYTES } from '../contract/disk-format.ts';
import { OperationalError, type UserError } from '../contract/errors.ts';
import { requireMd5 } from '../http/content-md5.ts';
import { AsideFiles } from './aside-files.ts';
import { asDiskFull, BlockWriter, diskFull, newBlock } from './block-writer.ts';
import { FileStream } from './file-stream.ts';
import { fileReader } from './formats/disk-reader.ts';
import { checkHead, type DiskFormat, inspectDisk } from './formats/inspect.ts';
import { HashLane, inlineHash } from './hash-lane.ts';
import { bad } from './image.schema.ts';
import { pour } from './pour.ts';

/** Its name where several could be: there is this one. */
export const STORE = 'file';

/** Kept free beside an upload whose size is known beforehand, so that the database can still grow. */
const RESERVE_BYTES = 64 * 1024 * 1024;
/** Smaller ones are hashed on the controller's own thread: starting two more would take longer. */
const INLINE_BYTES = 4 * 1024 * 1024;

export interface ImageLimits {
  /** Largest file. */
  maxBytes: number;
  /** Largest disk a guest may see. */
  maxVirtualBytes: number;
}
const TIB = 2 ** 40;
/** The file: Glance's default; the disk: what one may still want and any host's file system can hold sparsely. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = { maxBytes: TIB, maxVirtualBytes: 16 * TIB };

/** What is known of a stored file. */
export const storedContentSchema = z.object({
  size: z.number(),
  virtualSize: z.number().nullable(),
  md5: z.string(),
  sha512: z.string(),
});
export type StoredContent = z.infer<typeof storedContentSchema>;

/** What is said of bytes before they come: it is measured, and refused where it is another. */
export interface DeclaredContent {
  bytes?: number | undefined;
  /** In hexadecimal. */
  md5?: string | undefined;
  /** Asked when all has come; in hexadecimal. */
  sha512?: () => string | undefined;
}

/** A size that is not the one that was announced. */
export function wrongSize(announced: number, found: number | 'more'): UserError {
  const says = `The size of the image was announced as ${announced} bytes`;
  return bad(`${says}, and there are ${found === 'more' ? 'more' : `${found}`}.`, 'x-openstack-image-size');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The bytes of images: `<dataDir>/images/<id>`, and `<id>.part` or `<id>.download` while they come in. Names are made of
 * ids only. A file gets its final name when it is whole, checked and on the disk.
 */
export class ImageStore {
  readonly dir: string;
  readonly limits: ImageLimits;
  readonly aside: AsideFiles;
  readonly #md5 = new HashLane('md5');
  readonly #sha512 = new HashLane('sha512');

  constructor(options: { dataDir: string; limits?: ImageLimits }) {
    this.dir = join(options.dataDir, 'images');
    this.aside = new AsideFiles(this.dir);
    this.limits = options.limits ?? DEFAULT_IMAGE_LIMITS;
  }

  async open(): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
  }

  async close(): Promise<void> {
    await Promise.all([this.#md5.terminate(), this.#sha512.terminate()]);
  }

  path(id: string, kind: '' | '.part' | '.download' | '.download.json' = ''): string {
    if (!UUID.test(id)) throw new TypeError('The name of an image file is made of its id');
    return join(this.dir, id + kind);
  }

  /**
   * Takes an image's bytes. `format` null: content that is opaque to us. When this throws, nothing is left; what was
   * written has no final name before {@link keep}.
   */
  async receive(
    id: string,
    source: Readable,
    options: {
      format: DiskFormat | null;
      declared: DeclaredContent;
      signal: AbortSignal;
      /** Throws where so many bytes are more than may be. */
      admit?: (size: number) => void;
    },
  ): Promise<StoredContent> {
    const { format, declared, signal } = options;
    const { bytes } = declared;
    if (bytes !== undefined) await this.requireRoom(bytes);
    const inline = bytes !== undefined && bytes <= INLINE_BYTES;
    const path = this.path(id, '.part');
    const file = await open(path, 'w+', 0o600);
    const writer = new BlockWriter({
      file,
      hashes: inline ? [inlineHash('md5'), inlineHash('sha512')] : [this.#md5.open(), this.#sha512.open()],
      maxBytes: this.limits.maxBytes,
      admit: (size) => {
        if (bytes !== undefined && size > bytes) throw wrongSize(bytes, 'more');
        options.admit?.(size);
      },
      requireRoom: () => this.requireRoom(0),
      ...(format === null ? {} : { head: { bytes: HEAD_BYTES, judge: (head: Buffer) => checkHead(format, head) } }),
    });
    try {
      await pour(source, writer, signal);
      const [md5 = '', sha512 = ''] = await writer.finish();
      if (bytes !== undefined && writer.size !== bytes) throw wrongSize(bytes, writer.size);
      requireMd5(declared.md5, md5);
      if (declared.sha512 && declared.sha512() !== sha512) {
        throw bad('The bytes that came are not those that were sent: their SHA-512 differs.', 'x-content-sha512');
      }
      const virtualSize = format === null ? null : await this.#inspect(file, writer.size, format);
      await file.sync();
      return { size: writer.size, virtualSize, md5, sha512 };
    } catch (error) {
      await writer.abandon();
      await rm(path, { force: true });
      throw asDiskFull(error);
    } finally {
      await file.close();
    }
  }

  /** Hashes and judges a file that is already here, such as a finished download. `check` throws when it is another. */
  async examine(
    path: string,
    options: {
      format: DiskFormat;
      check: (hashes: { sha256: string; sha512: string }) => void;
      signal: AbortSignal;
      onProgress: (done: number, total: number) => void;
    },
  ): Promise<StoredContent> {
    const file = await open(path, 'r');
    const lane = new HashLane('sha256');
    const hashes = [this.#md5.open(), this.#sha512.open(), lane.open()];
    try {
      const { size } = await file.stat();
      const block = newBlock(1024 * 1024);
      for (let done = 0; done < size; ) {
        options.signal.throwIfAborted();
        const { bytesRead } = await file.read(new Uint8Array(block), 0, block.byteLength, done);
        if (bytesRead === 0) break;
        await Promise.all(hashes.map((hash) => hash.update(block, bytesRead)));
        done += bytesRead;
        options.onProgress(done, size);
      }
      const [md5 = '', sha512 = '', sha256 = ''] = await Promise.all(hashes.map((hash) => hash.digest()));
      options.check({ sha256, sha512 });
      return { size, virtualSize: await this.#inspect(file, size, options.format), md5, sha512 };
    } finally {
      for (const hash of hashes) hash.close();
      await lane.terminate();
      await file.close();
    }
  }

  /** Gives a whole file its final name, and the disk the name. */
  async keep(id: string, from: '.part' | '.download'): Promise<void> {
    await rename(this.path(id, from), this.path(id));
    await this.#syncFolder();
  }

  /** Once an image is stored, what was noted to go on with its download is of no use. */
  async forgetDownload(id: string): Promise<void> {
    await rm(this.path(id, '.download.json'), { force: true });
  }

  async copyIn(id: string, from: string): Promise<void> {
    try {
      await copyFile(from, this.path(id, '.download'));
    } catch (error) {
      throw asDiskFull(error);
    }
  }

  async requireRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (bytes + RESERVE_BYTES > bavail * bsize) throw diskFull();
  }

  /** Size of the stored file, undefined when there is none. */
  async sizeOf(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(id))).size;
    } catch {
      return undefined;
    }
  }

  /** The bytes `start` to `end`, both included. The file may be deleted meanwhile: the stream goes on. */
  async read(id: string, start: number, end: number): Promise<Readable> {
    if (end < start) return Readable.from([]);
    const file = await open(this.path(id), 'r').catch((cause: unknown) => {
      throw new OperationalError('unavailable', 'controller', 'The file of the image cannot be read.', { cause });
    });
    return new FileStream(file, start, end);
  }

  /** Removes everything of an image. */
  async remove(id: string): Promise<void> {
    for (const kind of ['', '.part', '.download', '.download.json'] as const) {
      await rm(this.path(id, kind), { force: true });
    }
  }

  /**
   * Puts the folder in order: halves of interrupted uploads go, and so do files of images that were deleted. Files of
   * which nobody knows are moved aside, for the database may be the one that is wrong; those of an image that is known
   * again come back.
   */
  async sweep(known: {
    stored: ReadonlySet<string>;
    downloading: ReadonlySet<string>;
    /** In the database, in whatever state. */
    images: ReadonlySet<string>;
    /** Recorded as deleted. */
    deleted: ReadonlySet<string>;
  }): Promise<{ removed: string[]; movedAside: string[]; broughtBack: string[] }> {
    const done = { removed: [] as string[], movedAside: [] as string[], broughtBack: [] as string[] };
    for (const name of await this.aside.names()) {
      if (!known.stored.has(name) || (await this.sizeOf(name)) !== undefined) continue;
      await this.aside.giveBack(name);
      done.broughtBack.push(name);
    }
    for (const name of await readdir(this.dir)) {
      const id = name.slice(0, 36);
      const kind = name.slice(36);
      if (!UUID.test(id)) continue;
      const isWanted = known.downloading.has(id) || (kind === '' && known.stored.has(id));
      if (isWanted && kind !== '.part') continue;
      if (known.images.has(id) || known.deleted.has(id)) {
        await rm(join(this.dir, name), { force: true });
        done.removed.push(name);
      } else {
        await this.aside.take(name);
        done.movedAside.push(name);
      }
    }
    if (done.movedAside.length + done.broughtBack.length > 0) await this.#syncFolder();
    return done;
  }

  /** From aside to its image, unless it is there already. */
  async bringBack(id: string): Promise<void> {
    if ((await this.sizeOf(id)) !== undefined) return;
    await this.aside.giveBack(id);
    await this.#syncFolder();
  }

  /** The way back, where it was brought. */
  async setAside(id: string): Promise<void> {
    if ((await this.sizeOf(id)) === undefined) return;
    await this.aside.take(id);
    await this.#syncFolder();
  }

  async #inspect(file: FileHandle, size: number, format: DiskFormat): Promise<number | null> {
    return await inspectDisk(format, fileReader(file, size), this.limits.maxVirtualBytes);
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.dir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
