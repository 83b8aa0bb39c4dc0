import { closeSync, type FSWatcher, fstatSync, ftruncateSync, openSync, readSync, watch, writeSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { errorCode } from '../disk-full.ts';

/** Of a serial line. Above `maxBytes` the log is cut; `keptBytes` of the part that is cut off are kept. */
const SERIAL_LIMITS = { maxBytes: 4 * 1024 * 1024, keptBytes: 1024 * 1024 };
const READ_BYTES = 64 * 1024;

/**
 * A log QEMU appends to (what it complains of, or a serial line's output) as one growing sequence of bytes. Offsets keep
 * counting when the file is cut, so a reader's place stays good. `beforePath` holds the end of what was cut off.
 */
export class GrowingLog {
  readonly #path: string;
  readonly #beforePath: string;
  readonly #limits: { maxBytes: number; keptBytes: number };
  #watcher: FSWatcher | null = null;
  readonly #listeners = new Set<() => void>();
  /** Offset of the current file's first byte, and how many bytes before it are kept. */
  #base = 0;
  #beforeBytes = 0;
  /** Cutting and reading exclude each other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, beforePath: string, limits = SERIAL_LIMITS) {
    this.#path = path;
    this.#beforePath = beforePath;
    this.#limits = limits;
  }

  /** Begins to follow the file, which is made if need be. */
  async open(): Promise<void> {
    await (await open(this.#path, 'a', 0o600)).close();
    this.#beforeBytes = await sizeOf(this.#beforePath);
    this.#base = this.#beforeBytes;
    // inotify tells of each write; `grown` coalesces them.
    this.#watcher = watch(this.#path, () => this.#grown());
    this.#watcher.on('error', () => this.close());
    this.#grown();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#tell();
  }

  /** Called after each growth; answers how to stop that. */
  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The offset `bytes` before the end, or of the oldest byte kept. */
  async offsetFromEnd(bytes: number): Promise<number> {
    const end = this.#base + (await sizeOf(this.#path));
    return Math.max(this.#base - this.#beforeBytes, end - bytes);
  }

  /** Some bytes from `offset` on, none when there are none yet, and the offset to go on at. */
  read(offset: number): Promise<{ bytes: Buffer; next: number }> {
    return this.#inTurn(async () => {
      const from = Math.max(offset, this.#base - this.#beforeBytes);
      const bytes =
        from < this.#base
          ? await readAt(this.#beforePath, from - (this.#base - this.#beforeBytes), this.#base - from)
          : await readAt(this.#path, from - this.#base, READ_BYTES);
      return { bytes, next: from + bytes.length };
    });
  }

  /** Everything that is kept. */
  readAll(): Promise<Buffer> {
    return this.#inTurn(async () => {
      const before = await readAt(this.#beforePath, 0, this.#beforeBytes);
      return Buffer.concat([before, await readAt(this.#path, 0, await sizeOf(this.#path))]);
    });
  }

  #isChecking = false;

  #grown(): void {
    this.#tell();
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#cutIfLong()
      // A log that cannot be cut only grows; the guest must not suffer for it.
      .catch(() => undefined)
      .finally(() => {
        this.#isChecking = false;
      });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  async #cutIfLong(): Promise<void> {
    if ((await sizeOf(this.#path)) <= this.#limits.maxBytes) return;
    await this.#inTurn(async () => {
      const { cut, kept } = cutFile(this.#path, this.#beforePath, this.#limits.keptBytes);
      this.#base += cut;
      this.#beforeBytes = kept;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/**
 * Moves the end of the file aside and empties it; QEMU appends, so it goes on at the new start. Synchronous so that no
 * more than microseconds lie between the last look and the cut: what QEMU writes just then is lost.
 */
function cutFile(path: string, beforePath: string, keptBytes: number): { cut: number; kept: number } {
  const file = openSync(path, 'r+');
  const before = openSync(beforePath, 'w', 0o600);
  try {
    const { size } = fstatSync(file);
    let cut = Math.max(0, size - keptBytes);
    let kept = 0;
    const buffer = Buffer.alloc(READ_BYTES);
    for (;;) {
      const read = readSync(file, buffer, 0, buffer.length, cut);
      if (read === 0) break;
      writeSync(before, buffer, 0, read);
      cut += read;
      kept += read;
    }
    ftruncateSync(file, 0);
    return { cut, kept };
  } finally {
    closeSync(file);
    closeSync(before);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What a guest writes without a line's end, or in bytes that grow six times as JSON, is little enough for one answer. */
const MAX_TOLD_BYTES = 1024 * 1024;

/**
 * The last `lines` lines as text, or as many as {@link MAX_TOLD_BYTES} have; null for those. A guest may write anything:
 * what is not UTF-8 is replaced.
 */
export function lastLines(bytes: Buffer, lines: number | null): string {
  const text = bytes.subarray(-MAX_TOLD_BYTES).toString('utf8');
  if (lines === null) return text;
  if (lines === 0) return '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return text.slice(body.length - body.split('\n').slice(-lines).join('\n').length);
}
