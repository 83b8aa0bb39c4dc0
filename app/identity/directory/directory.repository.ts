import { type Selectable, sql } from 'kysely';
import type { Database, Queryable } from '../../database/database.ts';
import type { SecurityCompliance } from '../identity.settings.ts';
import { toUser } from './directory.record.ts';
import {
  type DomainRecord,
  type GroupRecord,
  groups,
  type ProjectRecord,
  projects,
  type UserRecord,
  type UserRow,
} from './directory.tables.ts';

export type { DomainRecord, GroupRecord, ProjectRecord, UserRecord } from './directory.tables.ts';

/** Single domains, projects, users and groups, by id or name. */
export class DirectoryRepository {
  readonly #database: Database;
  readonly #rules: SecurityCompliance;
  readonly #now: () => number;

  constructor(parts: { database: Database; rules: SecurityCompliance; now: () => number }) {
    this.#database = parts.database;
    this.#rules = parts.rules;
    this.#now = parts.now;
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  async findDomain(
    by: { id: string } | { name: string },
    query: Queryable = this.#query,
  ): Promise<DomainRecord | undefined> {
    // Written out, because the names of domains have an index of their own.
    const select = query.selectFrom('identity_project').selectAll().where('is_domain', '=', sql.lit(1));
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name)
    ).executeTakeFirst();
    return row && projects.toRecord(row);
  }

  async findProject(
    by: { id: string } | { name: string; domainId: string },
    query: Queryable = this.#query,
  ): Promise<ProjectRecord | undefined> {
    const select = query.selectFrom('identity_project').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name).where('domain_id', '=', by.domainId)
    ).executeTakeFirst();
    return row && projects.toRecord(row);
  }

  async findUser(
    by: { id: string } | { name: string; domainId: string },
    query: Queryable = this.#query,
  ): Promise<UserRecord | undefined> {
    const select = query.selectFrom('identity_user').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name).where('domain_id', '=', by.domainId)
    ).executeTakeFirst();
    return row && this.toUser(row);
  }

  /** The user of a row that somebody else's query read along. */
  toUser(row: Selectable<UserRow>): UserRecord {
    return toUser(row, this.#rules, this.#now());
  }

  /** Those projects and domains and, in the same query, the domains they are in; by id. */
  async findProjectsWithDomains(
    ids: readonly string[],
    query: Queryable = this.#query,
  ): Promise<Map<string, ProjectRecord>> {
    const these = query.selectFrom('identity_project').where('id', 'in', ids);
    const domains = these.select((e) => e.ref('domain_id').$notNull().as('id'));
    const rows = await query
      .selectFrom('identity_project')
      .selectAll()
      .where('id', 'in', these.select('id').union(domains))
      .execute();
    return new Map(rows.map((row) => [row.id, projects.toRecord(row)]));
  }

  async findGroup(
    by: { id: string } | { name: string; domainId: string },
    query: Queryable = this.#query,
  ): Promise<GroupRecord | undefined> {
    const select = query.selectFrom('identity_group').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name).where('domain_id', '=', by.domainId)
    ).executeTakeFirst();
    return row && groups.toRecord(row);
  }
}
