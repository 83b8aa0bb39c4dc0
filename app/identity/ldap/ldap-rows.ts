import { type RawBuilder, sql } from 'kysely';
import type { Queryable, Transaction } from '../../database/database.ts';

export type Kind = 'user' | 'group';
export type Columns = Record<string, string | number | null>;

/** What a user or group of the LDAP server is to be here; `columns` are those of its table beside id, domain and name. */
export interface Wanted {
  localId: string;
  name: string;
  columns: Columns;
}

/** A mapping with its user or group; no name: the row is not there. */
export type MirroredRow = Columns & {
  public_id: string;
  local_id: string;
  missing_since: string | null;
  name: string | null;
};

/** So many rows are written by one statement. */
const BATCH = 500;
const TABLES = { user: sql.table('identity_user'), group: sql.table('identity_group') } as const;

/** Rows of users and groups that come from LDAP servers, the same way for both kinds. */
export class LdapRows {
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** All of a domain, or those with one of these local ids or names. */
  async list(query: Queryable, domainId: string, kind: Kind, only?: readonly Wanted[]): Promise<MirroredRow[]> {
    const some = only
      ? sql`AND m.public_id IN (
          SELECT public_id FROM identity_id_mapping WHERE domain_id = ${domainId} AND entity_type = ${kind}
            AND local_id IN ${texts(only.map(({ localId }) => localId))}
          UNION ALL SELECT id FROM ${TABLES[kind]} WHERE domain_id = ${domainId} AND name IN ${namesOf(only)})`
      : sql``;
    const { rows } = await sql<MirroredRow>`
      SELECT t.*, m.public_id, m.local_id, m.missing_since FROM identity_id_mapping m
      LEFT JOIN ${TABLES[kind]} t ON t.id = m.public_id
      WHERE m.domain_id = ${domainId} AND m.entity_type = ${kind} ${some}`.execute(query);
    return rows;
  }

  /** Names of the domain's users or groups that come from nowhere else. */
  async localNames(query: Queryable, domainId: string, kind: Kind, only?: readonly Wanted[]): Promise<Set<string>> {
    const some = only ? sql`AND name IN ${namesOf(only)}` : sql``;
    const { rows } = await sql<{ name: string }>`
      SELECT name FROM ${TABLES[kind]} t WHERE domain_id = ${domainId} ${some}
        AND NOT EXISTS (SELECT 1 FROM identity_id_mapping WHERE public_id = t.id)`.execute(query);
    return new Set(rows.map(({ name }) => name));
  }

  async insert(
    trx: Transaction,
    domainId: string,
    kind: Kind,
    things: readonly (Wanted & { id: string })[],
  ): Promise<void> {
    const at = new Date(this.#now()).toISOString();
    for (let start = 0; start < things.length; start += BATCH) {
      const batch = things.slice(start, start + BATCH);
      const columns = Object.keys(batch[0]?.columns ?? {});
      const rows = batch.map(
        ({ id, name, columns: values }) =>
          sql`(${id}, ${domainId}, ${name}, ${at}, ${sql.join(columns.map((key) => values[key]))})`,
      );
      await sql`INSERT INTO ${TABLES[kind]} (id, domain_id, name, created_at, ${sql.join(columns.map((key) => sql.ref(key)))})
        VALUES ${sql.join(rows)}`.execute(trx);
      await trx
        .insertInto('identity_id_mapping')
        .values(
          batch.map(({ id, localId }) => ({
            public_id: id,
            domain_id: domainId,
            local_id: localId,
            entity_type: kind,
            missing_since: null,
          })),
        )
        .onConflict((conflict) => conflict.column('public_id').doUpdateSet({ missing_since: null }))
        .execute();
    }
  }

  async update(trx: Transaction, kind: Kind, id: string, change: Columns): Promise<void> {
    const sets = Object.entries(change).map(([key, value]) => sql`${sql.ref(key)} = ${value}`);
    if (sets.length > 0) await sql`UPDATE ${TABLES[kind]} SET ${sql.join(sets)} WHERE id = ${id}`.execute(trx);
  }

  async setMissing(trx: Transaction, id: string, isMissing: boolean): Promise<void> {
    const missing_since = isMissing ? new Date(this.#now()).toISOString() : null;
    await trx.updateTable('identity_id_mapping').set({ missing_since }).where('public_id', '=', id).execute();
  }

  /** And with it all that refers to it. */
  async delete(trx: Transaction, kind: Kind, id: string): Promise<void> {
    await sql`DELETE FROM ${TABLES[kind]} WHERE id = ${id}`.execute(trx);
    await trx.deleteFrom('identity_id_mapping').where('public_id', '=', id).execute();
  }
}

function namesOf(things: readonly Wanted[]): RawBuilder<unknown> {
  return texts(things.map(({ name }) => name));
}

function texts(values: readonly string[]): RawBuilder<unknown> {
  return sql`(${sql.join(values)})`;
}
