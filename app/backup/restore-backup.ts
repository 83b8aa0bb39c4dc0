import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OperationalError, UserError } from '../contract/errors.ts';
import { Database, type Migrations } from '../database/database.ts';
import { asDiskFull } from '../disk-full.ts';
import type { Manifest } from './backup-format.ts';
import { readBackup } from './backup-reader.ts';
import { finishRestore, UNFINISHED, WHOLE } from './half-restored.ts';
import { adaptDatabase } from './restored-database.ts';

export interface RestoreOptions {
  file: string;
  /** Made where it is not there; must be empty. */
  dataDir: string;
  passphrase: () => Promise<string>;
  /** All that this version has. */
  migrations: Migrations;
  signal: AbortSignal;
  /** Bytes of the file. */
  onProgress: (done: number, total: number) => void;
}

/**
 * Makes a backup a data folder again, on this computer or another. When something is wrong with it, nothing stays of what
 * was written.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const { file, dataDir } = options;
  const wasThere = await requireEmpty(dataDir);
  const place = join(dataDir, UNFINISHED);
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true, mode: 0o700 });
  let isWhole = false;
  try {
    await requireRoom(file, dataDir);
    const folders = new Set<string>();
    const manifest = await readBackup(file, {
      ...options,
      open: async (_part, below) => {
        const path = join(place, below);
        if (!folders.has(dirname(path))) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        folders.add(dirname(path));
        // Base images are read only, as the agent makes them.
        return await open(path, 'wx', below.startsWith(join('agent', 'image-cache')) ? 0o400 : 0o600);
      },
    });
    await finishFolder(place, manifest, options.migrations);
    await rename(place, join(dataDir, WHOLE));
    isWhole = true;
    finishRestore(dataDir);
    await sync(dataDir);
    return manifest;
  } catch (error) {
    throw asDiskFull(error);
  } finally {
    if (!isWhole) {
      await rm(place, { recursive: true, force: true });
      if (!wasThere) await rmdir(dataDir).catch(() => undefined);
    }
  }
}

/** Answers whether the folder was there. What a restore that was broken off has left is none of anybody's. */
async function requireEmpty(dataDir: string): Promise<boolean> {
  if (finishRestore(dataDir)) {
    throw new UserError('conflict', `An earlier restore into ${dataDir} had only to be finished, and is now.`, {
      hint: 'Start the cloud that is there, or name another folder with --data-dir.',
    });
  }
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (names === null) return false;
  // A start that was refused meanwhile has left its log.
  const isBrokenOff = names.includes(UNFINISHED);
  if (names.every((name) => name === UNFINISHED || (isBrokenOff && name === 'logs'))) return true;
  throw new UserError('conflict', `The folder ${dataDir} is not empty.`, {
    hint: 'A backup is restored into a folder of its own: name one with --data-dir.',
  });
}

async function requireRoom(file: string, dataDir: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  const { bavail, bsize } = await statfs(dataDir);
  if (size <= bavail * bsize) return;
  throw new OperationalError('disk_full', 'user', `The disk of ${dataDir} has no room for this backup.`, {
    hint: `It takes ${(size / 2 ** 30).toFixed(1)} GiB. Free some space, or name a folder on another disk.`,
  });
}

async function finishFolder(place: string, manifest: Manifest, migrations: Migrations): Promise<void> {
  if (manifest.hostId !== null) {
    await mkdir(join(place, 'agent'), { recursive: true, mode: 0o700 });
    await writeFile(join(place, 'agent', 'host-id'), `${manifest.hostId}\n`, { mode: 0o600 });
  }
  const database = await Database.open(place, migrations);
  try {
    await adaptDatabase(database, manifest);
  } finally {
    await database.close();
  }
  await syncAll(place);
}

async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncAll(path);
    else await sync(path);
  }
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  // Windows opens no folders.
  const file = await open(path, 'r').catch(() => undefined);
  try {
    await file?.sync();
  } catch {
    // Nor does it sync what was opened to be read.
  } finally {
    await file?.close();
  }
}
