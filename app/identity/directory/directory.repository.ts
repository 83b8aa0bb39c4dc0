import type { Selectable } from 'kysely';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { IdentityProjectTable, IdentityUserTable } from '../../database/directory.tables.ts';

type Flags = 'enabled' | 'is_domain' | 'password_self_service';
/** A row as it is read, with its flags as booleans and its JSON parsed. */
type Parsed<T> = Omit<Selectable<T>, Flags | 'options' | 'extra'> & {
  options: Record<string, unknown>;
  extra: Record<string, unknown>;
};
export type ProjectRecord = Parsed<IdentityProjectTable> & { enabled: boolean; is_domain: boolean };
/** A domain is a project at the top of its tree. */
export type DomainRecord = ProjectRecord;
export type UserRecord = Parsed<IdentityUserTable> & { enabled: boolean; password_self_service: boolean };

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
    const select = this.#query.selectFrom('identity_project').selectAll().where('is_domain', '=', 1);
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('name', '=', by.name)
    ).executeTakeFirst();
    return row && toProject(row);
  }

  async listDomains(filter: DirectoryFilter): Promise<DomainRecord[]> {
    let select = this.#query.selectFrom('identity_project').selectAll().where('is_domain', '=', 1).orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    if (filter.enabled !== undefined) select = select.where('enabled', '=', flag(filter.enabled));
    return (await select.execute()).map(toProject);
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
    let select = this.#query.selectFrom('identity_project').selectAll().where('is_domain', '=', 0).orderBy('id');
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
function toProject(row: Selectable<IdentityProjectTable>): ProjectRecord {
  return { ...row, ...parsed(row), is_domain: row.is_domain === 1 };
}
function toUser(row: Selectable<IdentityUserTable>): UserRecord {
  return { ...row, ...parsed(row), password_self_service: row.password_self_service === 1 };
}
function parsed(row: { enabled: number; options: string; extra: string }) {
  return { enabled: row.enabled === 1, options: JSON.parse(row.options), extra: JSON.parse(row.extra) };
}
