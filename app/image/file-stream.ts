import type { FileHandle } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';

const BLOCK_BYTES = 512 * 1024;
/** Of one download: one is being sent while the next is read. */
const BLOCKS = 3;
/** Kept for later downloads. */
const POOLED = 32;

const pool: Buffer[] = [];

/** A part of a file. Piped, as answers are, it goes through a few blocks of memory that are used again. */
export class FileStream extends Readable {
  readonly #file: FileHandle;
  readonly #end: number;
  #position: number;

  /** The bytes `start` to `end`, both included. The file is closed with the stream. */
  constructor(file: FileHandle, start: number, end: number) {
    super({ highWaterMark: BLOCK_BYTES });
    this.#file = file;
    this.#position = start;
    this.#end = end;
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean }): T {
    const target = destination as unknown as Writable;
    this.#send(target).then(
      () => {
        if (options?.end !== false && !target.destroyed) target.end();
        this.push(null);
        this.resume();
      },
      (error: Error) => this.destroy(error),
    );
    return destination;
  }

  override _read(): void {
    this.#next(Buffer.allocUnsafeSlow(BLOCK_BYTES)).then(
      (bytes) => this.push(bytes),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (failed: Error) => done(error ?? failed),
    );
  }

  async #send(destination: Writable): Promise<void> {
    const free = Array.from({ length: BLOCKS }, () => pool.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES));
    let freed = Promise.withResolvers<void>();
    let isOver = false;
    // Its bytes are with the operating system then.
    const giveBack = (block: Buffer) => {
      if (isOver) return recycle(block);
      free.push(block);
      freed.resolve();
    };
    try {
      for (;;) {
        const block = free.pop();
        if (block === undefined) {
          await freed.promise;
          freed = Promise.withResolvers();
          continue;
        }
        const bytes = await this.#next(block);
        if (bytes === null || destination.destroyed) return recycle(block);
        destination.write(bytes, () => giveBack(block));
      }
    } finally {
      isOver = true;
      for (const block of free) recycle(block);
    }
  }

  async #next(block: Buffer): Promise<Buffer | null> {
    const length = Math.min(block.length, this.#end + 1 - this.#position);
    if (length <= 0) return null;
    const { bytesRead } = await this.#file.read(block, 0, length, this.#position);
    if (bytesRead === 0) throw new Error('The file is shorter than it was');
    this.#position += bytesRead;
    return block.subarray(0, bytesRead);
  }
}

function recycle(block: Buffer): void {
  if (pool.length < POOLED) pool.push(block);
}
