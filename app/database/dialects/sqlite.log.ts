import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UnexpectedError } from '../../contract/errors.ts';
import { asDiskFull } from '../../disk-full.ts';
import { syncFolder } from '../../files/whole-file.ts';
import { DatabaseUnavailable } from '../database.errors.ts';

/**
 * The write-ahead log of a database file, which holds what was committed (sqlite.org/wal.html). SQLite writes it without
 * waiting for the disk (`synchronous=NORMAL`); here it is brought there, off the main thread and for all at once who
 * committed meanwhile. Of a log SQLite reads what is whole from its beginning, so nothing is kept without all before it.
 */
export class SqliteLog {
  readonly #database: string;
  #file: FileHandle | undefined;
  /** The write to the disk that was begun last; after one that failed all others fail as it did. */
  #last: Promise<void> = Promise.resolve();
  /** One that is not begun yet. */
  #next: Promise<void> | undefined;
  #failure: unknown;

  constructor(database: string) {
    this.#database = database;
  }

  /** Once SQLite has made it. */
  async open(): Promise<void> {
    await syncFolder(dirname(this.#database));
    this.#file = await open(`${this.#database}-wal`, 'r+');
  }

  /** Resolves when all that was committed before is on the disk. */
  async sync(): Promise<void> {
    this.#next ??= this.#last = this.#syncAfter(this.#last);
    await this.#next;
  }

  /**
   * Throws once a write to the disk has failed: what it was to keep may be lost though later ones succeed (as PostgreSQL,
   * which ends then), and what was read since may rest on it.
   */
  assertWhole(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits for those who asked for {@link sync}; who asks later is told that it is closed, not that it is kept. */
  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #syncAfter(last: Promise<void>): Promise<void> {
    await last;
    this.#next = undefined;
    if (!this.#file) throw new UnexpectedError('The database is closed');
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure = lost(error);
      throw this.#failure;
    }
  }
}

/** Also where the disk was only full, the log has a gap by now. */
function lost(error: unknown): DatabaseUnavailable {
  const code = asDiskFull(error) === error ? 'unavailable' : 'disk_full';
  return new DatabaseUnavailable(code, "The disk did not take the database's last changes.", {
    hint: 'Nothing is changed any more. Look after the disk of the data folder, then start Cumulet again.',
    cause: error,
  });
}
