import type { FileHandle } from 'node:fs/promises';
import { OperationalError, UserError } from '../contract/errors.ts';
import type { BlockHash } from './hash-lane.ts';

/** Blocks are handed on full, several of an upload on their way at once. */
export const BLOCK_BYTES = 1024 * 1024;
const BLOCKS = 8;
/** Of all uploads together: more than there are uploads, each of which may hold one that is not full yet. */
const POOLED = 48;
/** After so many blocks it is looked again whether there is room. */
const BLOCKS_BETWEEN_LOOKS = 64;

/** Milliseconds after which blocks that no upload has are let go of. */
const IDLE_MS = 5_000;

/**
 * One that may grow has pages of its own, which the system gets back with it. Of the others malloc keeps the room once the
 * first has been let go of (mallopt(3), M_MMAP_THRESHOLD).
 */
export function newBlock(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes, { maxByteLength: bytes });
}

/** All the memory that uploads take, made when it is needed, used again, and let go of when there are no uploads. */
class BlockPool {
  readonly #free: SharedArrayBuffer[] = [];
  readonly #waiting: ((block: SharedArrayBuffer) => void)[] = [];
  #made = 0;
  #idle: NodeJS.Timeout | undefined;

  async take(): Promise<SharedArrayBuffer> {
    clearTimeout(this.#idle);
    const block = this.#free.pop();
    if (block) return block;
    if (this.#made < POOLED) {
      this.#made += 1;
      return newBlock(BLOCK_BYTES);
    }
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(block: SharedArrayBuffer): void {
    const next = this.#waiting.shift();
    if (next) next(block);
    else this.#free.push(block);
    if (this.#free.length < this.#made) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#free.length = 0;
      this.#made = 0;
    }, IDLE_MS);
    this.#idle.unref();
  }
}
const pool = new BlockPool();

/** Takes bytes in any portions, writes them to a file and hashes them in one pass, with back-pressure. */
export class BlockWriter {
  readonly #file: FileHandle;
  readonly #hashes: readonly BlockHash[];
  readonly #maxBytes: number;
  readonly #admit: (size: number) => void;
  readonly #requireRoom: () => Promise<void>;
  #handedOn = 0;
  #isAbandoned = false;
  #block: SharedArrayBuffer | undefined;
  #bytes = new Uint8Array(new SharedArrayBuffer(0));
  #filled = 0;
  #position = 0;
  readonly #underWay = new Set<Promise<void>>();
  #error: unknown;
  /** The first bytes, until there are enough to be judged. */
  #head: { bytes: Buffer; length: number; judge: (head: Buffer) => void } | undefined;

  constructor(parts: {
    file: FileHandle;
    hashes: readonly BlockHash[];
    maxBytes: number;
    /** Is called with the size so far and throws where that is too much. */
    admit?: ((size: number) => void) | undefined;
    /** Is called now and then and throws where the disk has no room. */
    requireRoom?: () => Promise<void>;
    /** Is called once with the first `bytes` (all, when there are fewer) and throws to refuse them. */
    head?: { bytes: number; judge: (head: Buffer) => void };
  }) {
    this.#file = parts.file;
    this.#hashes = parts.hashes;
    this.#maxBytes = parts.maxBytes;
    this.#admit = parts.admit ?? (() => {});
    this.#requireRoom = parts.requireRoom ?? (async () => {});
    const { head } = parts;
    if (head) this.#head = { bytes: Buffer.alloc(head.bytes), length: 0, judge: head.judge };
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#position + this.#filled;
  }

  /** Resolves when more may come; answers nothing where that is now, and `chunk` was taken. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    try {
      if (this.size + chunk.length > this.#maxBytes) {
        throw new UserError('too_large', `The image is larger than the ${this.#maxBytes} bytes that are allowed.`);
      }
      this.#admit(this.size + chunk.length);
      this.#look(chunk);
      const taken = this.#fill(chunk, 0);
      return taken === chunk.length ? undefined : this.#fillRest(chunk, taken);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #fillRest(chunk: Uint8Array, from: number): Promise<void> {
    for (let at = from; at < chunk.length; at = this.#fill(chunk, at)) await this.#nextBlock();
  }

  /** Takes what fits into the block there is; answers up to where. */
  #fill(chunk: Uint8Array, at: number): number {
    if (!this.#block) return at;
    const part = Math.min(chunk.length - at, BLOCK_BYTES - this.#filled);
    this.#bytes.set(at === 0 && part === chunk.length ? chunk : chunk.subarray(at, at + part), this.#filled);
    this.#filled += part;
    if (this.#filled === BLOCK_BYTES) this.#handOn();
    return at + part;
  }

  /** All bytes are written (not yet synced) and hashed; answers the digests in the order of the hashes. */
  async finish(): Promise<string[]> {
    if (this.#head) this.#judgeHead();
    if (this.#filled > 0) this.#handOn();
    await Promise.all(this.#underWay);
    if (this.#error !== undefined) throw this.#error;
    return await Promise.all(this.#hashes.map((hash) => hash.digest()));
  }

  /** Gives up; resolves when nothing touches the file any more. */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    if (this.#block) pool.give(this.#block);
    this.#block = undefined;
    await Promise.all(this.#underWay);
    for (const hash of this.#hashes) hash.close();
  }

  async #nextBlock(): Promise<void> {
    while (this.#underWay.size >= BLOCKS) await Promise.race(this.#underWay);
    if (this.#error !== undefined) throw this.#error;
    if (this.#handedOn > 0 && this.#handedOn % BLOCKS_BETWEEN_LOOKS === 0) await this.#requireRoom();
    const block = await pool.take();
    if (this.#isAbandoned) {
      pool.give(block);
      throw new UserError('aborted', 'The upload has ended.');
    }
    this.#block = block;
    this.#bytes = new Uint8Array(block, 0, BLOCK_BYTES);
  }

  #handOn(): void {
    const block = this.#block;
    if (!block) return;
    const [length, position] = [this.#filled, this.#position];
    this.#block = undefined;
    this.#filled = 0;
    this.#position += length;
    this.#handedOn += 1;
    const work = Promise.all([
      this.#store(new Uint8Array(block, 0, length), position),
      ...this.#hashes.map((hash) => hash.update(block, length)),
    ])
      .catch((error: unknown) => {
        this.#error ??= error;
      })
      .then(() => {
        this.#underWay.delete(work);
        pool.give(block);
      });
    this.#underWay.add(work);
  }

  async #store(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw asDiskFull(error);
    }
  }

  #look(chunk: Uint8Array): void {
    const head = this.#head;
    if (!head) return;
    const part = chunk.subarray(0, head.bytes.length - head.length);
    head.bytes.set(part, head.length);
    head.length += part.length;
    if (head.length === head.bytes.length) this.#judgeHead();
  }

  #judgeHead(): void {
    const head = this.#head;
    this.#head = undefined;
    head?.judge(head.bytes.subarray(0, head.length));
  }
}

/** What the file system says when there is no room, in words. */
export function asDiskFull(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return error;
  return diskFull(error);
}

export function diskFull(cause?: unknown): OperationalError {
  return new OperationalError('disk_full', 'controller', "There is no room for the image on the controller's disk.", {
    hint: 'Delete images that are not needed, or free space in the data folder, and try again.',
    cause,
  });
}
