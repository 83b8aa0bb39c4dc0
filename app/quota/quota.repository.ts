import type { Database, Queryable, Transaction } from '../database/database.ts';
import {
  DEFAULT_PROJECT,
  defaultFor,
  type QuotaDefaults,
  type QuotaLimits,
  type QuotaResource,
  singleDefaults,
} from './quota.limits.ts';
import { quotaLimits, quotaUserLimits } from './quota.tables.ts';

/** Rows of `quota_limit`: only what differs from the defaults in the code. */
export class QuotaRepository {
  readonly #database: Database;
  readonly #defaults: QuotaDefaults;

  constructor(database: Database, defaults: QuotaDefaults) {
    this.#database = database;
    this.#defaults = defaults;
  }

  /** All limits of a project: its own, else those of `default`, else those in the code. */
  async limits(projectId: string, query: Queryable = this.#database.query): Promise<QuotaLimits> {
    const rows = await query
      .selectFrom('quota_limit')
      .selectAll()
      .where('project_id', 'in', [projectId, DEFAULT_PROJECT])
      .execute();
    const defaults = Object.fromEntries(singleDefaults(this.#defaults).map(([name, { limit }]) => [name, limit]));
    rows.sort((a, b) => Number(a.project_id === projectId) - Number(b.project_id === projectId));
    return { ...defaults, ...this.#toLimits(rows) } as QuotaLimits;
  }

  /** Only what was said for the project itself. */
  async ownLimits(projectId: string): Promise<Partial<QuotaLimits>> {
    const rows = await this.#database.query
      .selectFrom('quota_limit')
      .select(['resource', 'hard_limit'])
      .where('project_id', '=', projectId)
      .execute();
    return this.#toLimits(rows);
  }

  /** What a user of the project may use of it: only what an administrator has said. */
  async userLimits(
    projectId: string,
    userId: string,
    query: Queryable = this.#database.query,
  ): Promise<Partial<QuotaLimits>> {
    const rows = await query
      .selectFrom('quota_user_limit')
      .select(['resource', 'hard_limit'])
      .where('project_id', '=', projectId)
      .where('user_id', '=', userId)
      .execute();
    return this.#toLimits(rows);
  }

  async setForUser(
    trx: Transaction,
    owner: { projectId: string; userId: string },
    resource: QuotaResource,
    hardLimit: number,
  ): Promise<void> {
    await trx
      .insertInto('quota_user_limit')
      .values(quotaUserLimits.toRow({ projectId: owner.projectId, userId: owner.userId, resource, hardLimit }))
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'user_id', 'resource']).doUpdateSet({ hard_limit: hardLimit }),
      )
      .execute();
  }

  async clearForUser(trx: Transaction, projectId: string, userId: string): Promise<void> {
    await trx
      .deleteFrom('quota_user_limit')
      .where('project_id', '=', projectId)
      .where('user_id', '=', userId)
      .execute();
  }

  async set(trx: Transaction, projectId: string, resource: QuotaResource, hardLimit: number): Promise<void> {
    await trx
      .insertInto('quota_limit')
      .values(quotaLimits.toRow({ projectId, resource, hardLimit }))
      .onConflict((conflict) => conflict.columns(['project_id', 'resource']).doUpdateSet({ hard_limit: hardLimit }))
      .execute();
  }

  async projectsWithOwn(resources: readonly QuotaResource[]): Promise<string[]> {
    const rows = await this.#database.query
      .selectFrom('quota_limit')
      .select('project_id')
      .distinct()
      .where('resource', 'in', resources)
      .where('project_id', '!=', DEFAULT_PROJECT)
      .orderBy('project_id')
      .execute();
    return rows.map(({ project_id }) => project_id);
  }

  async clear(trx: Transaction, projectId: string, resources?: readonly QuotaResource[]): Promise<void> {
    for (const table of ['quota_limit', 'quota_user_limit'] as const) {
      await trx
        .deleteFrom(table)
        .where('project_id', '=', projectId)
        .$if(resources !== undefined, (rows) => rows.where('resource', 'in', resources ?? []))
        .execute();
    }
  }

  /** Of all projects: what these limits were of is no more. */
  async forget(trx: Transaction, resources: readonly QuotaResource[]): Promise<void> {
    for (const table of ['quota_limit', 'quota_user_limit'] as const) {
      await trx.deleteFrom(table).where('resource', 'in', resources).execute();
    }
  }

  /** Of what a service has limits for; it may have had others. */
  #toLimits(rows: readonly { resource: string; hard_limit: number }[]): Partial<QuotaLimits> {
    const known = rows.filter(({ resource }) => defaultFor(this.#defaults, resource) !== undefined);
    return Object.fromEntries(known.map((row) => [row.resource, row.hard_limit]));
  }
}
