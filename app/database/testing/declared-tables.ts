import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Table } from '../table.ts';

const app = fileURLToPath(new URL('../..', import.meta.url));

/** What all services declare in their `*.tables.ts`. */
export async function declaredTables(): Promise<Table[]> {
  const tables: Table[] = [];
  for await (const path of glob('**/*.tables.ts', { cwd: app })) {
    const declared: object = await import(pathToFileURL(join(app, path)).href);
    tables.push(...Object.values(declared).filter((value) => value instanceof Table));
  }
  return tables;
}
