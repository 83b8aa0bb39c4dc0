import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errorCode } from './disk-full.ts';

/** `durable` outlives a power cut, at the price of waiting for the disk; the other outlives the death of a process. */
export type Durability = 'durable' | 'process';

/**
 * Replaces a file so that a reader, or whoever comes after a crash, finds the old bytes or the new ones and never a
 * mixture.
 */
export async function writeFileAtomically(
  path: string,
  bytes: string | Uint8Array,
  durability: Durability,
): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      if (durability === 'durable') await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (durability === 'durable') await syncFolder(dirname(path));
}

/** Makes renames and removals in a folder durable. Not every platform lets a folder be opened: then it is a no-op. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function writeJson(path: string, value: unknown, durability: Durability): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`, durability);
}

/** The parsed file, or null where there is none. A file that is there but does not fit the schema is an error. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}

/** The same where losing the file costs little: what a power cut left of it is as good as none. */
export async function readJsonIfWhole<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | null> {
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
