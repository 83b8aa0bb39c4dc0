import { link, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError, UserError } from '../contract/errors.ts';
import { DataFolderLock } from '../data-folder-lock.ts';
import { copyDatabase } from '../database/copy-database.ts';
import { Database, type Migrations } from '../database/database.ts';
import { adaptDatabase } from './restored-database.ts';

/**
 * Puts a copy of the database in the place of the one there is, in a cloud that is stopped. The one there is stays beside
 * it; answers its name. Of machines and images that the copy does not know, nothing is removed.
 */
export async function restoreDatabase(dataDir: string, copy: string, migrations: Migrations): Promise<string> {
  const file = join(dataDir, 'cumulet.db');
  const lock = DataFolderLock.acquire(dataDir);
  try {
    const now = new Date();
    const aside = `${file}.before-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;
    await copyDatabase(copy, `${file}.restored`).catch((cause: unknown) => {
      throw notWhole(copy, cause);
    });
    // A log belongs to its own file only. In this order there is a database at every moment.
    for (const log of ['-wal', '-shm']) await moveIfThere(file + log, aside + log);
    await link(file, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(`${file}.restored`, file);
    const database = await Database.open(dataDir, migrations);
    try {
      await adaptDatabase(database, { createdAt: copy, notIncluded: [] });
    } finally {
      await database.close();
    }
    return aside;
  } finally {
    lock.release();
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

function notWhole(copy: string, cause: unknown): unknown {
  if (cause instanceof OperationalError) return cause;
  const found = cause instanceof Error ? cause.message : String(cause);
  return new UserError('conflict', `${copy} is no whole database: ${found}.`, {
    hint: 'Use another copy. Nothing was changed.',
    cause,
  });
}
