import { statfs } from 'node:fs/promises';
import { CumuletError, OperationalError } from '../app/contract/errors.ts';

/** The `code` Node puts on system errors (`ENOENT`, ...), or null for errors of another kind. */
export function errorCode(error: unknown): string | null {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}

/** Room that must stay free beside what is about to be written, so that logs and records still fit. Bytes. */
export const RESERVED_BYTES = 64 * 1024 * 1024;

const HINT = 'Free some space on the disk that holds the data folder, or delete machines and images, then try again.';

/** "No space left" and "quota exceeded", in whatever form a tool or the system says it. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof CumuletError) return error.code === 'disk_full';
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : '';
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|Disk quota exceeded/.test(text);
}

/** Turns such an error into the one people are shown; others stay as they are. */
export function explainDiskFull(error: unknown, doing: string): unknown {
  if (error instanceof CumuletError || !isDiskFull(error)) return error;
  return new OperationalError('disk_full', 'agent', `The disk of this host is full: ${doing} failed.`, {
    hint: HINT,
    cause: error,
  });
}

/** Bytes an unprivileged writer can still use on the file system of `path`. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Throws `disk_full` now rather than after gigabytes have been written in vain. */
export async function requireFreeSpace(folder: string, bytes: number, doing: string): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytes + RESERVED_BYTES) return;
  const mib = (value: number) => `${Math.ceil(value / 1024 / 1024)} MiB`;
  throw new OperationalError(
    'disk_full',
    'agent',
    `The disk of this host is too full: ${doing} needs ${mib(bytes)}, ${mib(Math.max(0, free))} are free.`,
    { hint: HINT },
  );
}

/** The work's result; where it fails for a full disk, that is said. */
export async function withDiskFull<T>(work: Promise<T>, doing: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainDiskFull(error, doing);
  }
}
