import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flavorAccess } from '../../compute/flavor.tables.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import type { Database } from '../database.ts';
import type { RecordOf } from '../table.ts';
import { HeardStatements } from './heard-statements.ts';
import { openMigrated } from './migrated-database.ts';
import { isOnPostgres } from './postgres-databases.ts';
import { readPlansOnPostgres } from './postgres-plans.ts';
import { readPlansOnSqlite } from './sqlite-plans.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-plans-'));
  database = await openMigrated(folder);
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['asks for a column without an index', 'SELECT * FROM compute_server WHERE name = ?', ['compute_server']],
  ['counts by one', 'SELECT count(*) FROM compute_server AS s WHERE s.flavor = ?', ['compute_server']],
  ['takes one that is like this', 'SELECT id FROM compute_server WHERE flavor = ? LIMIT 1', ['compute_server']],
  ['sorts by one', 'SELECT * FROM compute_server ORDER BY name LIMIT 10', ['compute_server']],
  ['joins by one', 'SELECT * FROM network_port p JOIN task t ON t.args = p.name WHERE p.id = ?', ['task']],
  [
    'changes what a list names that is read so',
    'UPDATE task SET state = ? WHERE id IN (SELECT resource_id FROM event WHERE user_id = ?)',
    ['event'],
  ],
])('a statement that %s reads a whole table', async (_what, text, tables) => {
  expect(await scansOf(text)).toEqual(tables);
});

test.each([
  ['finds by a key', 'SELECT * FROM compute_server WHERE id = ?'],
  ['counts by an index', 'SELECT count(*) FROM network_port WHERE project_id = ?'],
  ['takes a page in the order of an index', 'SELECT * FROM task ORDER BY created_at DESC, id DESC LIMIT 10'],
  ['asks for the newest', 'SELECT max(id) FROM event'],
  ['asks for one of two keys', 'DELETE FROM network_port WHERE id = ? OR device_id = ?'],
  [
    'goes down a tree',
    `WITH RECURSIVE below (id) AS (SELECT id FROM identity_project WHERE id = ?
      UNION SELECT p.id FROM below JOIN identity_project p ON p.parent_id = below.id) SELECT id FROM below`,
  ],
])('a statement that %s does not', async (_what, text) => {
  expect(await scansOf(text)).toEqual([]);
});

test('what the product asks is heard with the file that asks, what a test asks is not', async () => {
  let isOver = false;
  const heard = new HeardStatements(() => isOver);
  try {
    const store = new ResourceStore<RecordOf<typeof flavorAccess>>({ database, table: flavorAccess, id: 'projectId' });
    await store.list({ is: { projectId: 'project' } });
    await database.query.selectFrom('compute_flavor_access').select('flavor_id').execute();
    expect(heard.take().map(({ places }) => [...places])).toEqual([['app/resource/resource.store.ts']]);
  } finally {
    isOver = true;
  }
});

test('what goes with something else is found by an index: every foreign key begins one', async () => {
  if (isOnPostgres) return;
  const { rows } = await sql<{ key: string }>`
    SELECT m.name || '.' || f."from" AS key FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table' AND f.seq = 0 AND m.name <> 'identity_policy_association' AND NOT EXISTS (
      SELECT 1 FROM pragma_index_list(m.name) i, pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = f."from")`.execute(
    database.query,
  );
  expect(rows.map(({ key }) => key)).toEqual([]);
});

async function scansOf(text: string): Promise<string[]> {
  return await database.query.connection().execute(async (connection) => {
    if (!isOnPostgres) return await (await readPlansOnSqlite(connection))(text);
    let count = 0;
    return await (await readPlansOnPostgres(connection))(text.replaceAll('?', () => `$${++count}`));
  });
}
