import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeWholeFile } from './files/whole-file.ts';

/** Secrets lie in `secrets/` of the data folder, a file each (0600). */
export function secretFile(dataDir: string, name: string): string {
  return join(dataDir, 'secrets', name);
}

/** What the file holds; undefined where it is not there. */
export async function readSecret(dataDir: string, name: string): Promise<string | undefined> {
  return await readIfThere(secretFile(dataDir, name));
}

/** Whole or not at all, and on the disk when this returns: what is encrypted with it may be the next thing there. */
export async function writeSecret(dataDir: string, name: string, text: string): Promise<void> {
  await mkdir(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
  await writeWholeFile(secretFile(dataDir, name), text, 'durable');
}
