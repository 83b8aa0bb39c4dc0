import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '../database.settings.ts';
import { Database } from '../database.ts';
import { ALL_MIGRATIONS } from './all-migrations.ts';
import { testDatabase } from './postgres-databases.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const sources = join(repository, 'app', 'database');
const kept = join(repository, 'node_modules', '.cache', 'test-database');
let template: Promise<string> | undefined;

/** The database of `dataDir`; where there is none yet, a copy of an empty one instead of running all migrations. */
export async function openMigrated(dataDir: string): Promise<Database> {
  const settings = await testDatabase(dataDir);
  if (settings.url !== undefined) return await openDatabase(dataDir, settings);
  template ??= findTemplate();
  try {
    await copyFile(await template, join(dataDir, 'cumulet.db'), constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return await openDatabase(dataDir);
}

/** As the product opens it: where there is none yet, all migrations run. */
export async function openDatabase(dataDir: string, settings: DatabaseSettings = {}): Promise<Database> {
  return await Database.open(dataDir, ALL_MIGRATIONS, settings);
}

/** Made by the first test that asks, for all processes and runs until what makes a database changes. */
async function findTemplate(): Promise<string> {
  const name = await nameOfSources();
  const file = join(kept, name, 'cumulet.db');
  await mkdir(kept, { recursive: true });
  const others = await readdir(kept);
  if (others.includes(name)) return file;
  const made = await mkdtemp(join(kept, 'new-'));
  // The last connection that closes leaves one file, without a log beside it.
  await (await openDatabase(made)).close();
  try {
    await rename(made, join(kept, name));
  } catch {
    // Another process was as quick; if it was something else, the copy says so.
    await rm(made, { recursive: true });
  }
  for (const other of others.filter((entry) => !entry.startsWith('new-'))) {
    await rm(join(kept, other), { recursive: true, force: true });
  }
  return file;
}

async function nameOfSources(): Promise<string> {
  const migrations = (await readdir(join(sources, 'migrations')))
    .sort()
    .map((file) => join(sources, 'migrations', file));
  const dialects = (await readdir(join(sources, 'dialects'))).sort().map((file) => join(sources, 'dialects', file));
  const code = [join(sources, 'database.ts'), ...dialects, join(repository, 'package-lock.json')];
  const hash = createHash('sha256').update(process.version);
  for (const file of [...migrations, ...code]) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 32);
}
