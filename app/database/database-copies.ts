import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyDatabase } from './copy-database.ts';

const DAY_MS = 24 * 3600_000;
const KEPT_DAYS = 7;
/** UTC, without what file systems do not take. */
const NAME = /^cumulet-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/;

export interface DatabaseCopy {
  path: string;
  /** ISO time. */
  at: string;
}

/** Where the daily copies of the database lie. */
export function copiesFolder(dataDir: string): string {
  return join(dataDir, 'backups', 'database');
}

/** The newest first. */
export async function databaseCopies(dataDir: string): Promise<DatabaseCopy[]> {
  const folder = copiesFolder(dataDir);
  const names = await readdir(folder).catch(() => [] as string[]);
  const copies = names.flatMap((name) => {
    const match = NAME.exec(name);
    return match === null ? [] : [{ path: join(folder, name), at: `${match[1]}T${match[2]}:${match[3]}:${match[4]}Z` }];
  });
  return copies.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/**
 * Makes the copy of today, unless there is one, and forgets those of more than a week ago; the newest always stays.
 * Answers the copy that was made.
 */
export async function copyDaily(dataDir: string, now = new Date()): Promise<DatabaseCopy | null> {
  const [newest] = await databaseCopies(dataDir);
  if (newest !== undefined && now.getTime() - Date.parse(newest.at) < DAY_MS) return null;
  const folder = copiesFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const path = join(folder, `cumulet-${at.replaceAll(':', '-')}.db`);
  await copyDatabase(join(dataDir, 'cumulet.db'), `${path}.new`);
  await rename(`${path}.new`, path);
  const old = (await databaseCopies(dataDir)).slice(1);
  for (const copy of old) {
    if (now.getTime() - Date.parse(copy.at) > KEPT_DAYS * DAY_MS) await rm(copy.path, { force: true });
  }
  return { path, at };
}

/** The newest copy that can be read from end to end; undefined where there is none. */
export async function newestGoodCopy(dataDir: string): Promise<DatabaseCopy | undefined> {
  return (await databaseCopies(dataDir)).find(({ path }) => isGood(path));
}

function isGood(path: string): boolean {
  try {
    const copy = new DatabaseSync(path, { readOnly: true });
    try {
      return copy.prepare('PRAGMA quick_check(1)').get()?.quick_check === 'ok';
    } finally {
      copy.close();
    }
  } catch {
    return false;
  }
}
