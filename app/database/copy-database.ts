import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { OperationalError } from '../contract/errors.ts';

/** Pages copied at a time; in between others get their turn. */
const PAGES_AT_ONCE = 2_000;

/**
 * Copies a database that may be in use, by SQLite's own way to do so: the copy is of one moment and checked, or
 * there is none.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  closeSync(openSync(to, 'wx', 0o600));
  try {
    const source = new DatabaseSync(from, { timeout: 5_000 });
    try {
      // A read that stays open keeps the moment: the copy need not begin again whenever somebody writes.
      source.exec('BEGIN');
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
      await backup(source, to, { rate: PAGES_AT_ONCE });
    } finally {
      source.close();
    }
    checkCopy(to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Throws unless all of the copy can be read and its pages fit together. Makes it one file without companions. */
export function checkCopy(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    const [integrity] = copy.prepare('PRAGMA integrity_check(1)').all();
    if (integrity?.integrity_check !== 'ok') throw badCopy(String(integrity?.integrity_check));
  } finally {
    copy.close();
  }
}

function badCopy(found: string): OperationalError {
  return new OperationalError('unavailable', 'controller', `The copy of the database is not whole: ${found}.`, {
    hint: 'The database itself may be damaged. Restart Cumulet: it looks at the start.',
  });
}
