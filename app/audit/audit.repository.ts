import { type SqlBool, sql } from 'kysely';
import type { AuditQuery, AuditRecord } from '../contract/audit.ts';
import type { Database, Transaction } from '../database/database.ts';
import { expressionsOf } from '../database/dialects/dialect.ts';
import type { RecordOf } from '../database/table.ts';
import { type AuditValues, auditRecords } from './audit.tables.ts';

/** Whose records a caller may see; all where nothing is said. */
export interface AuditScope {
  userId?: string;
  projectId?: string;
}

/** Rows of `audit_record`: only ever added, and forgotten when they are old. */
export class AuditRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds rows, and to rows that are there how many more they stand for. Answers the ids of the new ones, in order. */
  async insert(records: AuditValues[], more: ReadonlyMap<number, number>): Promise<number[]> {
    return await this.#database.transaction(async (trx) => {
      for (const [id, times] of more) {
        const count = sql<number>`count + ${times}`;
        await trx.updateTable('audit_record').set({ count }).where('id', '=', id).execute();
      }
      if (records.length === 0) return [];
      const rows = records.map((record) => auditRecords.toRow(record));
      const made = await trx.insertInto('audit_record').values(rows).returning('id').execute();
      // Ids only grow; the order of what is returned is nobody's promise.
      return made.map(({ id }) => id).sort((a, b) => a - b);
    });
  }

  /** In the transaction of the change it is about. Answers its id. */
  async insertWith(trx: Transaction, record: AuditValues): Promise<number> {
    const row = auditRecords.toRow(record);
    const { id } = await trx.insertInto('audit_record').values(row).returning('id').executeTakeFirstOrThrow();
    return id;
  }

  /** In the transaction of the change it is about. */
  async updateWith(trx: Transaction, id: number, changes: Partial<AuditValues>): Promise<void> {
    await trx.updateTable('audit_record').set(auditRecords.toChanges(changes)).where('id', '=', id).execute();
  }

  /** `isQuick`: what is told of it may be lost with the power, the record itself not. */
  async update(id: number, changes: Partial<AuditValues>, { isQuick }: { isQuick: boolean }): Promise<void> {
    const change = (trx: Transaction) => this.updateWith(trx, id, changes);
    await (isQuick ? this.#database.quickTransaction(change) : this.#database.transaction(change));
  }

  /** The newest first; `marker` is the id of the last record one has. */
  async list(query: AuditQuery, scope: AuditScope): Promise<AuditRecord[]> {
    let select = this.#database.query.selectFrom('audit_record').selectAll().limit(query.limit);
    select = select.orderBy('created_at', 'desc').orderBy('id', 'desc');
    if (scope.userId !== undefined) select = select.where('user_id', '=', scope.userId);
    if (scope.projectId !== undefined) select = select.where('project_id', '=', scope.projectId);
    if (query.userId !== undefined) select = select.where('user_id', '=', query.userId);
    const { projectId } = query;
    // Made in it, or with it: whoever makes a project or sets its limits works in another.
    if (projectId !== undefined) {
      select = select.where((is) => is.or([is('project_id', '=', projectId), is('resource_id', '=', projectId)]));
    }
    if (query.resourceId !== undefined) select = select.where('resource_id', '=', query.resourceId);
    if (query.requestId !== undefined) select = select.where('request_id', '=', query.requestId);
    // Many records have the same action: what else is asked for narrows more.
    if (query.action !== undefined) {
      const isAction = sql<SqlBool>`action = ${query.action}`;
      select = select.where(expressionsOf(this.#database.query).likely(isAction));
    }
    if (query.address !== undefined) select = select.where('address', '=', query.address);
    // Written out, because failures have an index of their own.
    if (query.outcome !== undefined)
      select = select.where(sql<SqlBool>`status ${sql.raw(query.outcome === 'success' ? '<' : '>=')} 400`);
    if (query.since !== undefined) select = select.where('created_at', '>=', query.since);
    if (query.until !== undefined) select = select.where('created_at', '<', query.until);
    if (query.marker !== undefined) {
      const time = sql`(SELECT created_at FROM audit_record WHERE id = ${query.marker})`;
      select = select.where(sql<SqlBool>`(created_at, id) < (${time}, ${query.marker})`);
    }
    return (await select.execute()).map((row) => toView(auditRecords.toRecord(row)));
  }

  async deleteBefore(time: string): Promise<void> {
    await this.#database.query.deleteFrom('audit_record').where('created_at', '<', time).execute();
  }
}

function toView(record: RecordOf<typeof auditRecords>): AuditRecord {
  const { userId, userName, projectId, domainId, address, userAgent, status, reason, ...rest } = record;
  const { resourceId, resourceName, count, ...first } = rest;
  return {
    ...first,
    user: userId === null && userName === null ? null : { id: userId, name: userName },
    projectId,
    domainId,
    address,
    userAgent,
    status,
    outcome: status < 400 ? 'success' : 'failure',
    reason,
    resource: resourceId === null && resourceName === null ? null : { id: resourceId, name: resourceName },
    count,
  };
}
