import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Database, Queryable } from '../../database/database.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import type { SecurityCompliance } from '../identity.settings.ts';
import { asOfNow } from './directory.record.ts';
import {
  type DomainRecord,
  type GroupRecord,
  groups,
  type ProjectRecord,
  projects,
  type UserRecord,
  type UserRow,
  users,
} from './directory.tables.ts';

export type { DomainRecord, GroupRecord, ProjectRecord, UserRecord } from './directory.tables.ts';

/** Written out, because the names of domains have an index of their own. */
export const DOMAINS = { also: [sql<SqlBool>`is_domain = ${sql.lit(1)}`] };

type Named = { id: string } | { name: string; domainId: string };

/** Single domains, projects, users and groups, by id or name. */
export class DirectoryRepository {
  readonly #database: Database;
  readonly #projects: ResourceStore<ProjectRecord>;
  readonly #users: ResourceStore<UserRecord>;
  readonly #groups: ResourceStore<GroupRecord>;
  readonly #rules: SecurityCompliance;
  readonly #now: () => number;

  constructor({ database, rules, now }: { database: Database; rules: SecurityCompliance; now: () => number }) {
    this.#database = database;
    this.#projects = new ResourceStore<ProjectRecord>({ database, table: projects });
    this.#users = new ResourceStore<UserRecord>({ database, table: users });
    this.#groups = new ResourceStore<GroupRecord>({ database, table: groups });
    this.#rules = rules;
    this.#now = now;
  }

  async findDomain(is: { id: string } | { name: string }, on?: Queryable): Promise<DomainRecord | undefined> {
    return (await this.#projects.list({ ...DOMAINS, is, limit: 1 }, on))[0];
  }

  async findProject(by: Named, on?: Queryable): Promise<ProjectRecord | undefined> {
    return (await this.#projects.list({ is: attributesOf(by), limit: 1 }, on))[0];
  }

  async findUser(by: Named, on?: Queryable): Promise<UserRecord | undefined> {
    const [user] = await this.#users.list({ is: attributesOf(by), limit: 1 }, on);
    return user && this.asOfNow(user);
  }

  async findGroup(by: Named, on?: Queryable): Promise<GroupRecord | undefined> {
    return (await this.#groups.list({ is: attributesOf(by), limit: 1 }, on))[0];
  }

  /** The user of a row that somebody else's query read along. */
  toUser(row: Selectable<UserRow>): UserRecord {
    return this.asOfNow(users.recordIn(row));
  }

  /** A user who was read as they are stored. */
  asOfNow(user: UserRecord): UserRecord {
    return asOfNow(user, this.#rules, this.#now());
  }

  /** Those projects and domains and, in the same query, the domains they are in; by id. */
  async findProjectsWithDomains(
    ids: readonly string[],
    query: Queryable = this.#database.query,
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
}

function attributesOf(by: Named) {
  return 'id' in by ? { id: by.id } : { name: by.name, domain_id: by.domainId };
}
