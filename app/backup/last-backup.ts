import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LastBackup, lastBackupSchema } from '../contract/backup.ts';
import { writeWholeFile } from '../files/whole-file.ts';
import { jsonOrNull } from './json-text.ts';

const lastFile = (dataDir: string) => join(dataDir, 'backups', 'last.json');

/** The last one that became whole; null where there is none yet. */
export async function readLastBackup(dataDir: string): Promise<LastBackup | null> {
  const text = await readFile(lastFile(dataDir), 'utf8').catch(() => '');
  return lastBackupSchema.nullable().catch(null).parse(jsonOrNull(text));
}

export async function noteLastBackup(dataDir: string, last: LastBackup): Promise<void> {
  await writeWholeFile(lastFile(dataDir), JSON.stringify(last), 'durable');
}
