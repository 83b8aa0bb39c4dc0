import type { Database, Queryable, Transaction } from '../database/database.ts';
import { KeptQueries } from '../database/kept-queries.ts';
import {
  DEFAULT_PROJECT,
  defaultFor,
  type QuotaDefaults,
  type QuotaLimits,
  type QuotaResource,
  singleDefaults,
  UNLIMITED,
} from './quota.limits.ts';
import { quotaLimits, quotaUserLimits } from './quota.tables.ts';

/** Whose limits they are: a project's (or those of `default`), or one user's part of them. */
export interface QuotaOwner {
  readonly projectId: string;
  readonly userId?: string | undefined;
}

/** Rows of limits: only what differs from the defaults in the code. */
export class QuotaRepository {
  readonly #database: Database;
  readonly #kept = new KeptQueries();
  readonly #defaults: QuotaDefaults;

  constructor(database: Database, defaults: QuotaDefaults) {
    this.#database = database;
    this.#defaults = defaults;
  }

  /**
   * All limits of an owner, and those of `each` thing that are named: its own, else its project's, else those of
   * `default`, else those in the code.
   */
  async limits(
    owner: QuotaOwner,
    query: Queryable = this.#database.query,
    each: readonly QuotaResource[] = [],
  ): Promise<QuotaLimits> {
    const { projectId, userId } = owner;
    const projects = [projectId, DEFAULT_PROJECT];
    const found = await this.#kept.run(query, 'limits', projects, () =>
      query.selectFrom('quota_limit').selectAll().where('project_id', 'in', projects),
    );
    const rows = found.toSorted((a, b) => Number(a.project_id === projectId) - Number(b.project_id === projectId));
    return {
      ...Object.fromEntries(singleDefaults(this.#defaults).map(([name, { limit }]) => [name, limit])),
      ...Object.fromEntries(each.map((name) => [name, defaultFor(this.#defaults, name)?.limit ?? UNLIMITED])),
      ...this.#toLimits(rows),
      ...(userId !== undefined && (await this.own(owner, query))),
    } as QuotaLimits;
  }

  /** Only what was said for the owner itself. */
  async own(owner: QuotaOwner, query: Queryable = this.#database.query): Promise<Partial<QuotaLimits>> {
    const rows = await query
      .selectFrom(tableOf(owner))
      .select(['resource', 'hard_limit'])
      .where(({ and }) => and(columnsOf(owner)))
      .execute();
    return this.#toLimits(rows);
  }

  async set(trx: Transaction, owner: QuotaOwner, resource: QuotaResource, hardLimit: number): Promise<void> {
    const { projectId, userId } = owner;
    const limit = { projectId, resource, hardLimit };
    const row = userId === undefined ? quotaLimits.toRow(limit) : quotaUserLimits.toRow({ ...limit, userId });
    const key = [...Object.keys(columnsOf(owner)), 'resource'] as ('project_id' | 'user_id' | 'resource')[];
    await trx
      .insertInto(tableOf(owner))
      .values(row as ReturnType<typeof quotaUserLimits.toRow>)
      .onConflict((conflict) => conflict.columns(key).doUpdateSet({ hard_limit: hardLimit }))
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

  /** Of a project those of its users too. */
  async clear(trx: Transaction, owner: QuotaOwner, resources: readonly QuotaResource[]): Promise<void> {
    if (resources.length === 0) return;
    for (const table of owner.userId === undefined ? BOTH : [tableOf(owner)]) {
      await trx
        .deleteFrom(table)
        .where(({ and }) => and(columnsOf(owner)))
        .where('resource', 'in', resources)
        .execute();
    }
  }

  /** Of all projects: what these limits were of is no more. */
  async forget(trx: Transaction, resources: readonly QuotaResource[]): Promise<void> {
    for (const table of BOTH) {
      await trx.deleteFrom(table).where('resource', 'in', resources).execute();
    }
  }

  /** Of what a service has limits for; it may have had others. */
  #toLimits(rows: readonly { resource: string; hard_limit: number }[]): Partial<QuotaLimits> {
    const known = rows.filter(({ resource }) => defaultFor(this.#defaults, resource) !== undefined);
    return Object.fromEntries(known.map((row) => [row.resource, row.hard_limit]));
  }
}

/** The table of users' parts has one column more; the types here are its own for both. */
const BOTH = ['quota_limit', 'quota_user_limit'] as 'quota_user_limit'[];

function tableOf({ userId }: QuotaOwner): 'quota_user_limit' {
  return (userId === undefined ? 'quota_limit' : 'quota_user_limit') as 'quota_user_limit';
}

function columnsOf({ projectId, userId }: QuotaOwner) {
  const columns = userId === undefined ? { project_id: projectId } : { project_id: projectId, user_id: userId };
  return columns as { project_id: string; user_id: string };
}
