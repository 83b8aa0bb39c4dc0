import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import pg from 'pg';
import type { DatabaseSettings } from '../database.settings.ts';
import { Database } from '../database.ts';
import { ALL_MIGRATIONS } from './all-migrations.ts';

/** Whether the tests of this run are the project that runs on PostgreSQL. */
export const isOnPostgres = process.env.CUMULET_TEST_DATABASE === 'postgres';

const TEMPLATE = 'template_migrated';
/** Of an advisory lock: the template is made once. */
const MAKING = 1;

/** By data folder; those whose folder is gone are dropped. */
const made = new Map<string, string>();

/**
 * What `[database]` says in the tests of this run: nothing (SQLite in the data folder), or, in a project that runs on
 * PostgreSQL, a database of its own for each data folder, as empty as a new one.
 */
export async function testDatabase(dataDir: string): Promise<DatabaseSettings> {
  if (!isOnPostgres) return {};
  const name = `folder_${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`;
  if (!made.has(dataDir)) {
    await onServer(async (client) => {
      await makeTemplate(client);
      for (const [folder, old] of made) {
        if (existsSync(folder)) continue;
        made.delete(folder);
        await client.query(`DROP DATABASE IF EXISTS ${old} WITH (FORCE)`);
      }
      const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rows.length === 0) await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    });
    made.set(dataDir, name);
  }
  return { url: urlOf(name) };
}

function urlOf(name: string): string {
  const folder = process.env.CUMULET_TEST_POSTGRES;
  if (folder === undefined) throw new Error('No server was started for these tests: see postgres-server.ts.');
  return `postgresql://cumulet@${encodeURIComponent(folder)}/${name}`;
}

async function onServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(urlOf('postgres'));
  await client.connect();
  try {
    // Nobody may be connected to a template while it is copied, and it is made by one.
    await client.query('SELECT pg_advisory_lock($1)', [MAKING]);
    await work(client);
  } finally {
    await client.end();
  }
}

async function makeTemplate(client: pg.Client): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
  if (rows.length > 0) return;
  await client.query('CREATE DATABASE being_made TEMPLATE template0');
  await (await Database.open('', ALL_MIGRATIONS, { url: urlOf('being_made') })).close();
  await client.query(`ALTER DATABASE being_made RENAME TO ${TEMPLATE}`);
}
