import type { Database } from '../../database/database.ts';
import type { IdentityRoleTable } from '../../database/tables.ts';

export type RoleRecord = IdentityRoleTable;

/** What a list of roles is narrowed by: all that are given must hold. */
export interface RoleFilter {
  name?: string | undefined;
  domain_id?: string | undefined;
}

/** Rows of roles. */
export class RoleRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(id: string): Promise<RoleRecord | undefined> {
    return await this.#database.query.selectFrom('identity_role').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async list(filter: RoleFilter): Promise<RoleRecord[]> {
    let select = this.#database.query.selectFrom('identity_role').selectAll().orderBy('id');
    if (filter.name !== undefined) select = select.where('name', '=', filter.name);
    // As Keystone: roles of no domain unless one is named.
    select =
      filter.domain_id === undefined
        ? select.where('domain_id', 'is', null)
        : select.where('domain_id', '=', filter.domain_id);
    return await select.execute();
  }
}
