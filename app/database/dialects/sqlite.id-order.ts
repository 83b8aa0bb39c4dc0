import { sql } from 'kysely';
import type { IdOrder } from './dialect.ts';

/** One transaction writes at a time: ids come in the order of commits, and all that are seen are whole. */
export const sqliteIdOrder: IdOrder = {
  announce: async () => undefined,
  readable: async (query, table) => {
    const { rows } = await sql<{
      newest: number;
    }>`SELECT coalesce(max(id), 0) AS newest FROM ${sql.table(table)}`.execute(query);
    const newest = rows[0]?.newest ?? 0;
    return { upTo: newest, newest };
  },
};
