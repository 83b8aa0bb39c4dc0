import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `durable` outlives a power cut, at the price of waiting for the disk; the other outlives the death of a process. */
export type Durability = 'durable' | 'process';

/** The text of a file; undefined where it is not there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** The last write of each file that is under way: they take turns, so that the later one stays. */
const underWay = new Map<string, Promise<void>>();

/**
 * Replaces a file so that a reader, or whoever comes after a crash, finds the old bytes or the new ones and never a
 * mixture. What a crash leaves beside it is taken up by the next write. For this user's eyes only.
 */
export async function writeWholeFile(path: string, bytes: string | Uint8Array, durability: Durability): Promise<void> {
  const before = underWay.get(path);
  const turn = (before ?? Promise.resolve()).catch(() => undefined).then(() => replace(path, bytes, durability));
  underWay.set(path, turn);
  try {
    await turn;
  } finally {
    if (underWay.get(path) === turn) underWay.delete(path);
  }
}

async function replace(path: string, bytes: string | Uint8Array, durability: Durability): Promise<void> {
  const next = `${path}.new`;
  try {
    const file = await open(next, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      if (durability === 'durable') await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
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
