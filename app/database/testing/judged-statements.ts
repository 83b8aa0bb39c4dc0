import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredTables } from './declared-tables.ts';
import { type HeardStatement, HeardStatements } from './heard-statements.ts';
import { MEANT_SCANS } from './meant-scans.ts';
import { openMigrated } from './migrated-database.ts';
import { isOnPostgres } from './postgres-databases.ts';
import { readPlansOnPostgres } from './postgres-plans.ts';
import { readPlansOnSqlite } from './sqlite-plans.ts';

const readPlans = isOnPostgres ? readPlansOnPostgres : readPlansOnSqlite;
/** Which growing tables a statement reads whole, by its shape. Files of one process share it. */
const scans = new Map<string, string[]>();
const statements = new HeardStatements((shape) => scans.get(shape)?.length === 0);

/** Of what the product has asked since the last time: what reads a whole table that grows, as sentences. */
export async function findScans(): Promise<string[]> {
  const heard = statements.take();
  const unknown = heard.filter(({ shape }) => !scans.has(shape));
  if (unknown.length > 0) await explain(unknown);
  return heard.flatMap(({ text, shape, places }) =>
    (scans.get(shape) ?? []).flatMap((table) =>
      [...places]
        .filter((place) => !Object.hasOwn(MEANT_SCANS, `${place} ${table}`))
        .map((place) => `${place} reads all of ${table}: ${text}`),
    ),
  );
}

async function explain(unknown: readonly HeardStatement[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-plans-'));
  const small = new Set((await declaredTables()).flatMap((table) => (table.small === undefined ? [] : table.name)));
  const database = await openMigrated(folder);
  try {
    await database.query.connection().execute(async (connection) => {
      const scansOf = await readPlans(connection);
      for (const { text, shape } of unknown) {
        scans.set(
          shape,
          (await scansOf(text)).filter((table) => !small.has(table)),
        );
      }
    });
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
}
