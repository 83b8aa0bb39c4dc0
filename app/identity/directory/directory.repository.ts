import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { IdentityDomainTable, IdentityProjectTable, IdentityUserTable } from '../../database/tables.ts';

export type DomainRecord = Omit<IdentityDomainTable, 'enabled'> & { enabled: boolean };
export type ProjectRecord = Omit<IdentityProjectTable, 'enabled' | 'is_domain'> & {
  enabled: boolean;
  is_domain: boolean;
};
export type UserRecord = Omit<IdentityUserTable, 'enabled'> & { enabled: boolean };

/** What lists are narrowed by: all that are given must hold. */
export interface DirectoryFilter {
  name?: string | undefined;
  domain_id?: string | undefined;
  enabled?: boolean | undefined;
}

/** Rows of domains, projects and users. */
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
