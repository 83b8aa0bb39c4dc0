import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Durability, writeWholeFile } from '../app/files/whole-file.ts';
import { errorCode } from './disk-full.ts';

export async function writeJson(path: string, value: unknown, durability: Durability): Promise<void> {
  await writeWholeFile(path, `${JSON.stringify(value, null, 2)}\n`, durability);
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
