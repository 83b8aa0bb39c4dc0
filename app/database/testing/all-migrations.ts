import { readdir } from 'node:fs/promises';
import type { Migrations } from '../database.ts';

const folder = new URL('../migrations/', import.meta.url);
const files = (await readdir(folder)).filter((file) => /^\d{4}-/.test(file));

/** For tests: every migration there is, without the services whose modules list them. `modules.test.ts` compares the two. */
export const ALL_MIGRATIONS: Migrations = Object.fromEntries(
  await Promise.all(
    files.map(async (file) => [file.replace(/\.ts$/, ''), await import(new URL(file, folder).href)] as const),
  ),
);
