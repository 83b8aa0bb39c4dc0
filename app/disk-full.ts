import { OperationalError } from './contract/errors.ts';

/** "No room" and "quota exceeded" of the system, PostgreSQL's disk_full; SQLite's result codes (sqlite.org/rescode.html). */
const SYSTEM_CODES = ['ENOSPC', 'EDQUOT', '53100'];
const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4874;

/** What says that there is no room on the disk, in words; other errors stay as they are. */
export function asDiskFull(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const isSystems = 'code' in error && SYSTEM_CODES.includes(String(error.code));
  const isSqlites = 'errcode' in error && [SQLITE_FULL, SQLITE_IOERR_SHMSIZE].includes(Number(error.errcode));
  if (!isSystems && !isSqlites) return error;
  return new OperationalError('disk_full', 'controller', "The disk of the controller's data folder is full.", {
    hint: 'Free some space on it, then try again. Nothing that was stored is lost.',
    cause: error,
  });
}
