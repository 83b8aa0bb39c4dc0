import { existsSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../contract/errors.ts';

/** All is written below it first: what was broken off there is no cloud. */
export const UNFINISHED = 'restoring';
/** The same folder once it is whole: from here on it is only moved, by whoever comes first. */
export const WHOLE = 'restored';

const DATABASE = 'cumulet.db';

/** Moves what is whole into its place, also after a break; the database last. Answers whether there was anything. */
export function finishRestore(dataDir: string): boolean {
  const from = join(dataDir, WHOLE);
  // What somebody keeps under that name beside a cloud is theirs.
  if (!existsSync(join(from, DATABASE)) || existsSync(join(dataDir, DATABASE))) return false;
  const names = readdirSync(from).sort((a, b) => Number(a === DATABASE) - Number(b === DATABASE));
  for (const name of names) renameSync(join(from, name), join(dataDir, name));
  rmdirSync(from);
  return true;
}

/** A new cloud beside half of an old one would be taken for the old one with everything lost. */
export function refuseHalfRestored(dataDir: string): void {
  if (!existsSync(join(dataDir, UNFINISHED)) || existsSync(join(dataDir, DATABASE))) return;
  throw new UserError('conflict', `A restore into ${dataDir} was broken off, or goes on at this moment.`, {
    hint: 'Restore the backup again with the same --data-dir, or choose another folder.',
  });
}
