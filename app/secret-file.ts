import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets lie in `secrets/` of the data folder, a file each (0600). */
export function secretFile(dataDir: string, name: string): string {
  return join(dataDir, 'secrets', name);
}

/** What the file holds; undefined where it is not there. */
export async function readSecret(dataDir: string, name: string): Promise<string | undefined> {
  return await readFile(secretFile(dataDir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Whole or not at all, and on the disk when this returns: what is encrypted with it may be the next thing there. */
export async function writeSecret(dataDir: string, name: string, text: string): Promise<void> {
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = secretFile(dataDir, name);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

/** The name as well, which is the folder's. Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
