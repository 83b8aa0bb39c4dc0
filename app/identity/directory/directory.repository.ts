import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type {
  IdentityDomainTable,
  IdentityProjectTable,
  IdentityRoleTable,
  IdentityUserTable,
} from '../../database/tables.ts';
import type { Scope } from '../token/token.ts';

export type DomainRecord = Omit<IdentityDomainTable, 'enabled'> & { enabled: boolean };
export type ProjectRecord = Omit<IdentityProjectTable, 'enabled' | 'is_domain'> & {
  enabled: boolean;
  is_domain: boolean;
};
export type UserRecord = Omit<IdentityUserTable, 'enabled'> & { enabled: boolean };
export type RoleRecord = IdentityRoleTable;

/** What lists are narrowed by: all that are given must hold. */
export interface DirectoryFilter {
  name?: string | undefined;
  domain_id?: string | undefined;
  enabled?: boolean | undefined;
}

/** The target of an assignment that stands for the whole cloud. */
export const SYSTEM = 'system';

/** Rows of domains, projects, users, roles and who has which role on what. */
export class DirectoryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get #query(): Queryable {
    return this.#database.query;
  }

  async findDomain(by: { id: string } | { name: string }): Promise<DomainRecord | undefined> {
    const select = this.#query.selectFrom('identity_domain').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name)
    ).executeTakeFirst();
    return row && toDomain(row);
  }

  async listDomains(filter: DirectoryFilter): Promise<DomainRecord[]> {
    let select = this.#query.selectFrom('identity_domain').selectAll().orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag(filter.enabled));
    return (await select.execute()).map(toDomain);
  }

  async findProject(by: { id: string } | { name: string; domainId: string }): Promise<ProjectRecord | undefined> {
    const select = this.#query.selectFrom('identity_project').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name).where('domain_id', '=', by.domainId)
    ).executeTakeFirst();
    return row && toProject(row);
  }

  async listProjects(filter: DirectoryFilter & { parent_id?: string | undefined }): Promise<ProjectRecord[]> {
    let select = this.#query.selectFrom('identity_project').selectAll().orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    if (filter.domain_id !== undefined) select = select.where('domain_id', '=', filter.domain_id);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag(filter.enabled));
    if (filter.parent_id !== undefined) select = select.where('parent_id', '=', filter.parent_id);
    return (await select.execute()).map(toProject);
  }

  async findUser(by: { id: string } | { name: string; domainId: string }): Promise<UserRecord | undefined> {
    const select = this.#query.selectFrom('identity_user').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name).where('domain_id', '=', by.domainId)
    ).executeTakeFirst();
    return row && toUser(row);
  }

  async listUsers(filter: DirectoryFilter): Promise<UserRecord[]> {
    let select = this.#query.selectFrom('identity_user').selectAll().orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    if (filter.domain_id !== undefined) select = select.where('domain_id', '=', filter.domain_id);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag(filter.enabled));
    return (await select.execute()).map(toUser);
  }

  async setPassword(trx: Transaction, userId: string, hash: string): Promise<void> {
    await trx.updateTable('identity_user').set({ password_hash: hash }).where('id', '=', userId).execute();
  }

  async findRole(id: string): Promise<RoleRecord | undefined> {
    return await this.#query.selectFrom('identity_role').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async listRoles(filter: DirectoryFilter): Promise<RoleRecord[]> {
    let select = this.#query.selectFrom('identity_role').selectAll().orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    // As Keystone: roles of no domain unless one is named.
    select =
      filter.domain_id === undefined
        ? select.where('domain_id', 'is', null)
        : select.where('domain_id', '=', filter.domain_id);
    return await select.execute();
  }

  /** Roles a user has on the scope, with all that those imply. */
  async rolesOf(userId: string, scope: Scope): Promise<{ id: string; name: string }[]> {
    if (scope.type === 'unscoped') return [];
    return await this.#query
      .withRecursive('reached(role_id)', (query) =>
        query
          .selectFrom('identity_assignment')
          .select('role_id')
          .where('actor_type', '=', 'user')
          .where('actor_id', '=', userId)
          .where('target_type', '=', scope.type)
          .where('target_id', '=', scope.type === 'system' ? SYSTEM : scope.id)
          .where('inherited', '=', 0)
          .union(
            query
              .selectFrom('identity_implied_role')
              .innerJoin('reached', 'reached.role_id', 'identity_implied_role.prior_role_id')
              .select('identity_implied_role.implied_role_id as role_id'),
          ),
      )
      .selectFrom('reached')
      .innerJoin('identity_role', 'identity_role.id', 'reached.role_id')
      .select(['identity_role.id', 'identity_role.name'])
      .orderBy('identity_role.name')
      .execute();
  }

  /** Ids of the projects or domains on which the user has a role; for `system` it is one when there is any. */
  async targetsOf(userId: string, targetType: 'project' | 'domain' | 'system'): Promise<string[]> {
    const rows = await this.#query
      .selectFrom('identity_assignment')
      .select('target_id')
      .distinct()
      .where('actor_type', '=', 'user')
      .where('actor_id', '=', userId)
      .where('target_type', '=', targetType)
      .execute();
    return rows.map((row) => row.target_id);
  }
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}
function toDomain(row: IdentityDomainTable): DomainRecord {
  return { ...row, enabled: row.enabled === 1 };
}
function toProject(row: IdentityProjectTable): ProjectRecord {
  return { ...row, enabled: row.enabled === 1, is_domain: row.is_domain === 1 };
}
function toUser(row: IdentityUserTable): UserRecord {
  return { ...row, enabled: row.enabled === 1 };
}
