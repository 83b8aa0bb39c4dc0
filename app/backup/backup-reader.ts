import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { extract, type Header } from 'tar-stream';
import { z } from 'zod';
import { CumuletError, OperationalError, UserError } from '../contract/errors.ts';
import type { Migrations } from '../database/database.ts';
import { decryptPart, openKeyFile } from './backup-cipher.ts';
import {
  BACKUP_FORMAT,
  type BackupPart,
  ENCRYPTED,
  KEY_ENTRY,
  MANIFEST_ENTRY,
  MAX_MANIFEST_BYTES,
  MAX_PARTS,
  type Manifest,
  manifestSchema,
  placeOf,
} from './backup-format.ts';
import { fileEndAfter, paddingOf, unsealManifest } from './backup-writer.ts';
import type { Bytes } from './file-blocks.ts';

/** Of keys; one is a few hundred bytes. */
const MAX_KEY_BYTES = 64 * 1024;

export interface ReadOptions {
  /** Asked for once, where the backup is encrypted. */
  passphrase: () => Promise<string>;
  /** All that this version has: a backup with others is of a newer one. */
  migrations: Migrations;
  signal?: AbortSignal;
  /** Bytes of the file. */
  onProgress?: (done: number, total: number) => void;
  /** Where a part's bytes go, besides being checked; null: nowhere. */
  open?: (part: string, place: string) => Promise<FileHandle | null>;
}

/**
 * Reads a whole backup and checks everything: names, hashes, that nothing is missing, doubled or behind its end. Throws a
 * sentence about the first thing that is not as it was written; what `open` was given is the caller's to remove then.
 */
export async function readBackup(path: string, options: ReadOptions): Promise<Manifest> {
  const { size: fileSize } = await stat(path).catch((cause: unknown) => {
    throw new UserError('not_found', `${path} cannot be read.`, { cause });
  });
  const reading = new Reading(path, fileSize, options);
  const source = createReadStream(path, { highWaterMark: 1024 * 1024, signal: options.signal });
  const entries = extract();
  let done = 0;
  source.on('data', (block) => {
    done += block.length;
    options.onProgress?.(done, fileSize);
  });
  source.on('error', (error) => entries.destroy(error));
  source.pipe(entries);
  try {
    for await (const entry of entries) await reading.take(entry.header, entry as unknown as Bytes);
    return reading.finish();
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CumuletError || error instanceof WriteFailed) {
      throw error instanceof WriteFailed ? error.cause : error;
    }
    const text = error instanceof Error ? error.message : String(error);
    // tar-stream's words.
    throw damaged(path, text === 'Unexpected end of data' ? 'it is cut off' : text, error);
  } finally {
    source.destroy();
  }
}

/** What was being written could not be: not the backup's fault. */
class WriteFailed extends Error {}

class Reading {
  readonly #path: string;
  readonly #fileSize: number;
  readonly #options: ReadOptions;
  readonly #parts = new Map<string, BackupPart>();
  #identity: string | undefined;
  #manifest: Manifest | undefined;

  constructor(path: string, fileSize: number, options: ReadOptions) {
    this.#path = path;
    this.#fileSize = fileSize;
    this.#options = options;
  }

  async take(header: Header, bytes: Bytes): Promise<void> {
    const size = header.size ?? 0;
    const start = (header as Header & { byteOffset: number }).byteOffset;
    if (this.#manifest !== undefined) throw this.#damaged('something follows its end');
    if (header.type !== 'file') throw this.#damaged(`${quote(header.name)} is a ${header.type} and not a file`);
    if (start + size > this.#fileSize) {
      throw this.#damaged(`it is cut off: ${quote(header.name)} is to have ${size} bytes`);
    }
    if (header.name === KEY_ENTRY) return await this.#takeKey(size, bytes);
    const name = this.#plainName(header.name);
    const plain = this.#identity === undefined ? bytes : await decryptPart(this.#identity, bytes);
    if (name === MANIFEST_ENTRY) {
      const manifest = await this.#readManifest(size, plain);
      if (fileEndAfter(start + size + paddingOf(size)) !== this.#fileSize) {
        throw this.#damaged('it is cut off, or something follows its end');
      }
      this.#manifest = manifest;
      return;
    }
    const place = placeOf(name);
    if (place === undefined) throw this.#damaged(`${quote(name)} is no part of a backup`);
    if (this.#parts.has(name)) throw this.#damaged(`${quote(name)} is in it twice`);
    if (this.#parts.size >= MAX_PARTS) throw this.#damaged(`it has more than ${MAX_PARTS} parts`);
    this.#parts.set(name, await this.#readPart(name, place, plain));
  }

  finish(): Manifest {
    if (this.#manifest === undefined) throw this.#damaged('it is cut off, or no backup of Cumulet');
    return this.#manifest;
  }

  async #takeKey(size: number, bytes: Bytes): Promise<void> {
    if (this.#parts.size > 0 || this.#identity !== undefined) throw this.#damaged('its key is not at its beginning');
    const keyFile = await this.#gather(size, MAX_KEY_BYTES, bytes);
    this.#identity = await openKeyFile(keyFile, await this.#options.passphrase());
  }

  /** Either all is encrypted or nothing. */
  #plainName(stored: string): string {
    const isEncrypted = stored.endsWith(ENCRYPTED);
    if (isEncrypted !== (this.#identity !== undefined)) throw this.#damaged(`${quote(stored)} does not belong in it`);
    return isEncrypted ? stored.slice(0, -ENCRYPTED.length) : stored;
  }

  async #readPart(name: string, place: string, bytes: Bytes): Promise<BackupPart> {
    const hash = createHash('sha256');
    const file = (await this.#options.open?.(name, place)) ?? null;
    let size = 0;
    try {
      for await (const block of bytes) {
        hash.update(block);
        if (file !== null) await writeAll(file, block, size);
        size += block.length;
      }
    } finally {
      await file?.close();
    }
    return { name, size, sha256: hash.digest('hex') };
  }

  async #readManifest(size: number, bytes: Bytes): Promise<Manifest> {
    const content = unsealManifest((await this.#gather(size, MAX_MANIFEST_BYTES, bytes)).toString('utf8'));
    if (content === undefined) throw this.#damaged('its list of contents is not as it was written');
    const { format, version } = z.object({ format: z.number(), version: z.string() }).parse(content);
    if (format > BACKUP_FORMAT) throw newer(this.#path, version);
    const manifest = manifestSchema.parse(content);
    const { migrations } = this.#options;
    if (manifest.migrations.some((name) => !Object.hasOwn(migrations, name))) throw newer(this.#path, version);
    const isComplete = manifest.parts.length === this.#parts.size;
    for (const part of manifest.parts) {
      const found = this.#parts.get(part.name);
      if (found === undefined) throw this.#damaged(`${quote(part.name)} is missing`);
      if (found.sha256 !== part.sha256 || found.size !== part.size) {
        throw this.#damaged(`${quote(part.name)} is not as it was written`);
      }
    }
    if (!isComplete) throw this.#damaged('it has parts of which its list of contents does not know');
    return manifest;
  }

  async #gather(size: number, most: number, bytes: Bytes): Promise<Buffer> {
    if (size > most) throw this.#damaged(`an entry that has ${most} bytes at most has ${size}`);
    const blocks: Uint8Array[] = [];
    for await (const block of bytes) blocks.push(block);
    return Buffer.concat(blocks);
  }

  #damaged(what: string): OperationalError {
    return damaged(this.#path, what);
  }
}

async function writeAll(file: FileHandle, block: Uint8Array, at: number): Promise<void> {
  try {
    for (let done = 0; done < block.length; ) {
      done += (await file.write(block, done, block.length - done, at + done)).bytesWritten;
    }
  } catch (cause) {
    throw new WriteFailed('', { cause });
  }
}

function quote(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
}

function damaged(path: string, what: string, cause?: unknown): OperationalError {
  return new OperationalError('conflict', 'user', `${path} is damaged: ${what}.`, {
    hint: 'Use another backup, or fetch this one again from where it was kept.',
    cause,
  });
}

function newer(path: string, version: string): UserError {
  return new UserError('conflict', `${path} was made by a newer version of Cumulet (${version}).`, {
    hint: 'Install that version, or one that is newer still.',
  });
}
