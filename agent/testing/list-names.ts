import { readdir } from 'node:fs/promises';

/** Names in a folder, none when it is not there. */
export async function listNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
