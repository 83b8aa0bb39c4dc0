import { sql } from 'kysely';
import type { Tables } from '../tables.ts';
import type { IdOrder } from './dialect.ts';

/** The first ten bits of the keys of our locks; an id takes the other 53. */
const OURS = 69;

/**
 * A transaction holds, until it has ended and what it wrote is seen, a lock whose key says from where on its ids are.
 * Shared locks wait for nobody. So the lowest key that is held is as far as the ids are whole.
 */
export const postgresIdOrder: IdOrder = {
  announce: async (trx, table) => {
    await sql`SELECT pg_advisory_xact_lock_shared((${sql.lit(OURS)}::bigint << 53) + ${newestOf(table)})`.execute(trx);
  },
  // In this order: a lock is taken before the id and given back after the commit.
  readable: async (query, table) => {
    const given = await sql<{ newest: number }>`SELECT ${newestOf(table)} AS newest`.execute(query);
    const locks = await sql<{ held: number | null }>`
      SELECT min(((classid::bigint & ((1 << 21) - 1)) << 32) | objid::bigint) AS held FROM pg_locks
      WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 21 = ${sql.lit(OURS)}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(query);
    const newest = given.rows[0]?.newest ?? 0;
    return { upTo: Math.min(newest, locks.rows[0]?.held ?? newest), newest };
  },
};

function newestOf(table: keyof Tables) {
  return sql`coalesce(pg_sequence_last_value(pg_get_serial_sequence(${sql.lit(table)}, 'id')::regclass), 0)`;
}
