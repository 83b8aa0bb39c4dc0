import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { finishRestore, refuseHalfRestored } from './backup/half-restored.ts';
import { OperationalError } from './contract/errors.ts';
import { asDiskFull } from './disk-full.ts';

/**
 * One controller per data folder. The lock is SQLite's own exclusive lock on `controller.lock`, held in an open
 * transaction: the operating system releases it when the process ends, however it ends, on every platform.
 */
export class DataFolderLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static acquire(dataDir: string): DataFolderLock {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    refuseHalfRestored(dataDir);
    const database = new DatabaseSync(join(dataDir, 'controller.lock'), { timeout: 0 });
    try {
      database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    } catch (cause) {
      database.close();
      if (!isLocked(cause)) throw asDiskFull(cause);
      const holder = holderOf(dataDir);
      throw new OperationalError(
        'conflict',
        'controller',
        `The data folder ${dataDir} is in use by another controller${holder}.`,
        {
          hint: 'Stop it, or choose another folder with --data-dir.',
          cause,
        },
      );
    }
    finishRestore(dataDir);
    return new DataFolderLock(database);
  }

  release(): void {
    this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}

/** SQLITE_BUSY (sqlite.org/rescode.html). */
function isLocked(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function holderOf(dataDir: string): string {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(dataDir, 'controller.json'), 'utf8'));
    return ` (process ${pid} at ${url})`;
  } catch {
    return '';
  }
}
