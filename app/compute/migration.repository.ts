import { type SqlBool, sql } from 'kysely';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { CollectionQuery } from '../resource/collection-query.ts';
import { ResourceStore } from '../resource/resource.store.ts';
import { type MigrationRecord, type MigrationStatus, migrations } from './migration.tables.ts';

const WAITING: readonly MigrationStatus[] = ['finished', 'confirming', 'reverting'];

/** Moves of servers, the newest first. */
export class MigrationRepository {
  readonly #store: ResourceStore<MigrationRecord>;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.#store = new ResourceStore({ database, table: migrations });
  }

  /** Its number is given here, each once. */
  async insert(
    trx: Transaction,
    migration: Omit<MigrationRecord, 'id' | 'createdAt' | 'updatedAt' | 'finishedAt'>,
  ): Promise<void> {
    const { last } = await trx
      .updateTable('compute_migration_number')
      .set((e) => ({ last: e('last', '+', 1) }))
      .returning('last')
      .executeTakeFirstOrThrow();
    const now = new Date().toISOString();
    await this.#store.insert(trx, { ...migration, id: Number(last), createdAt: now, updatedAt: now, finishedAt: null });
  }

  async find(uuid: string, on?: Queryable): Promise<MigrationRecord | undefined> {
    const [found] = await this.#store.list({ is: { uuid }, limit: 1 }, on);
    return found;
  }

  /** That of the server which waits to be confirmed or reverted. */
  async finishedOf(serverId: string, on?: Queryable): Promise<MigrationRecord | undefined> {
    const [found] = await this.#store.list({ is: { serverId, status: 'finished' }, limit: 1 }, on);
    return found;
  }

  async setStatus(trx: Transaction, uuid: string, status: MigrationStatus): Promise<void> {
    const now = new Date().toISOString();
    const found = await this.find(uuid, trx);
    if (!found) return;
    await this.#store.update(trx, String(found.id), (migration) => ({
      ...migration,
      ...{ status, updatedAt: now },
      // What could not be confirmed or reverted has waited as long as before.
      finishedAt: WAITING.includes(status) ? (migration.finishedAt ?? now) : null,
    }));
  }

  /** When the one that has waited longest began to wait; null where none does. */
  async waitingSince(): Promise<string | null> {
    const { since } = await this.#waiting()
      .select(({ fn }) => fn.min<string | null>('finished_at').as('since'))
      .executeTakeFirstOrThrow();
    return since;
  }

  /** The servers whose moves have waited since before that time. */
  async waitingBefore(time: string): Promise<{ serverId: string; projectId: string }[]> {
    const rows = await this.#waiting()
      .select(['server_id', 'project_id'])
      .where('finished_at', '<=', time)
      .orderBy('finished_at')
      .execute();
    return rows.map(({ server_id, project_id }) => ({ serverId: server_id, projectId: project_id }));
  }

  #waiting() {
    return this.#database.query
      .selectFrom('compute_migration')
      .where('finished_at', 'is not', null)
      .where('status', '=', 'finished');
  }

  /** The page behind that one, from the first where none is named; undefined where there is no such one. */
  async list(
    query: Pick<CollectionQuery<MigrationRecord>, 'where' | 'limit'>,
    after?: string,
  ): Promise<MigrationRecord[] | undefined> {
    const marked = after === undefined ? undefined : await this.find(after);
    if (after !== undefined && !marked) return undefined;
    const behind = marked ? [sql<SqlBool>`id < ${marked.id}`] : [];
    return await this.#store.list({ ...query, also: behind, sort: [{ attribute: 'id', direction: 'desc' }] });
  }

  /** Of servers that are forgotten with it. */
  async prune(trx: Transaction, deletedBefore: string): Promise<void> {
    const gone = trx.selectFrom('compute_server').select('id').where('deleted_at', '<', deletedBefore);
    await trx.deleteFrom('compute_migration').where('server_id', 'in', gone).execute();
  }
}
