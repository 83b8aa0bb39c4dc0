import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { pack } from 'tar-stream';
import { type BackupLock, encryptPart } from './backup-cipher.ts';
import { type BackupPart, ENCRYPTED, KEY_ENTRY, MANIFEST_ENTRY, type Manifest } from './backup-format.ts';
import { type Bytes, FileChanged } from './file-blocks.ts';
import { jsonOrNull } from './json-text.ts';

const BLOCK_BYTES = 512;
/** A tar ends with two empty blocks. */
const END_BYTES = 2 * BLOCK_BYTES;

/** What is to become a part. `blocks` gives exactly `size` bytes. */
export interface PartSource {
  name: string;
  size: number;
  blocks: () => Bytes;
}

/** Writes a backup part after part, each at the end of what was written before. */
export class BackupWriter {
  readonly #file: FileHandle;
  readonly #lock: BackupLock | null;
  readonly #time: Date;
  #end: number;

  private constructor(file: FileHandle, lock: BackupLock | null, time: Date, end: number) {
    this.#file = file;
    this.#lock = lock;
    this.#time = time;
    this.#end = end;
  }

  /** Goes on behind the first `end` bytes of the file, and drops what is after them. */
  static async open(
    path: string,
    { lock, time, end }: { lock: BackupLock | null; time: Date; end: number },
  ): Promise<BackupWriter> {
    const file = await open(path, end === 0 ? 'w' : 'r+', 0o600);
    try {
      await file.chmod(0o600);
      await file.truncate(end);
      const writer = new BackupWriter(file, lock, time, end);
      if (end === 0 && lock !== null) await writer.#writeKey(lock);
      return writer;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many bytes are written. */
  get end(): number {
    return this.#end;
  }

  /** `onBytes` hears of every piece that was taken. */
  async add({ name, size, blocks }: PartSource, onBytes: (bytes: number) => void = () => {}): Promise<BackupPart> {
    const hash = createHash('sha256');
    const plain = counted(name, size, blocks(), (block) => {
      hash.update(block);
      onBytes(block.length);
    });
    if (this.#lock === null) {
      await this.#entry(name, size, plain);
    } else {
      const encrypted = await encryptPart(this.#lock, size, plain);
      await this.#entry(name + ENCRYPTED, encrypted.size, encrypted.bytes);
    }
    return { name, size, sha256: hash.digest('hex') };
  }

  /** Takes back all that came after the first `end` bytes. */
  async rewind(end: number): Promise<void> {
    await this.#file.truncate(end);
    this.#end = end;
  }

  /** What was written is on the disk when this returns. */
  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  /** The manifest, with the hash of its own bytes behind it, and the end of the tar. */
  async finish(manifest: Manifest): Promise<void> {
    const bytes = Buffer.from(sealManifest(manifest));
    await this.add({ name: MANIFEST_ENTRY, size: bytes.length, blocks: () => only(bytes) });
    await this.#write(Buffer.alloc(END_BYTES));
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #writeKey(lock: BackupLock): Promise<void> {
    const bytes = Buffer.from(lock.keyFile, 'base64');
    await this.#entry(KEY_ENTRY, bytes.length, only(bytes));
  }

  async #entry(name: string, size: number, bytes: Bytes): Promise<void> {
    await this.#write(await tarHeader(name, size, this.#time));
    // The next block is made while this one is written.
    let writing: Promise<void> = Promise.resolve();
    try {
      for await (const block of bytes) {
        await writing;
        writing = this.#write(block);
        writing.catch(() => undefined);
      }
    } finally {
      await writing;
    }
    await this.#write(Buffer.alloc(paddingOf(size)));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const at = this.#end;
    this.#end += bytes.length;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}

/** Bytes between an entry and the next whole block. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Where a file whose last entry ends at `end` ends itself. */
export function fileEndAfter(end: number): number {
  return end + END_BYTES;
}

/** JSON, and in a last line its SHA-256: a bit that turned in what nothing else speaks for is noticed too. */
function sealManifest(manifest: Manifest): string {
  const json = JSON.stringify(manifest, null, 1);
  return `${json}\n${createHash('sha256').update(json).digest('hex')}\n`;
}

/** The manifest's JSON; undefined where its hash is another. */
export function unsealManifest(text: string): unknown {
  const end = text.trimEnd().lastIndexOf('\n');
  const json = text.slice(0, end);
  const isWhole = createHash('sha256').update(json).digest('hex') === text.slice(end).trim();
  return isWhole ? jsonOrNull(json) : undefined;
}

/** The block before an entry's bytes, which are written beside the library: its streams would copy each of them. */
async function tarHeader(name: string, size: number, mtime: Date): Promise<Uint8Array> {
  const tar = pack();
  tar.entry({ name, size, mtime, mode: 0o600, type: 'file' }).on('error', () => undefined);
  for await (const header of tar) return header as Uint8Array;
  throw new Error('tar-stream made no header');
}

async function* counted(name: string, size: number, bytes: Bytes, onBlock: (block: Uint8Array) => void): Bytes {
  let left = size;
  for await (const block of bytes) {
    left -= block.length;
    onBlock(block);
    yield block;
  }
  if (left !== 0) throw new FileChanged(name);
}

async function* only(bytes: Uint8Array<ArrayBuffer>): Bytes {
  yield bytes;
}
