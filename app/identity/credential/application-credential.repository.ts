import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { RowOf } from '../../database/table.ts';
import {
  type AccessRuleRecord,
  type ApplicationCredentialRecord,
  applicationCredentials,
} from './credential.tables.ts';

/** Rows of application credentials with their roles, and of access rules. */
export class ApplicationCredentialRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(
    by: { id: string } | { userId: string; name: string },
    query: Queryable = this.#database.query,
  ): Promise<ApplicationCredentialRecord | undefined> {
    const select = query.selectFrom('identity_application_credential').selectAll();
    const row = await ('id' in by
      ? select.where('id', '=', by.id)
      : select.where('user_id', '=', by.userId).where('name', '=', by.name)
    ).executeTakeFirst();
    return row && (await this.#complete(query, [row]))[0];
  }

  async list(userId: string, name: string | undefined): Promise<ApplicationCredentialRecord[]> {
    const { query } = this.#database;
    let rows = query.selectFrom('identity_application_credential').selectAll().where('user_id', '=', userId);
    if (name !== undefined) rows = rows.where('name', '=', name);
    return await this.#complete(query, await rows.orderBy('created_at').orderBy('id').execute());
  }

  async insert(trx: Transaction, { roleIds, accessRules, ...record }: ApplicationCredentialRecord): Promise<void> {
    const application_credential_id = record.id;
    await trx.insertInto('identity_application_credential').values(applicationCredentials.toRow(record)).execute();
    await trx
      .insertInto('identity_application_credential_role')
      .values(roleIds.map((role_id) => ({ application_credential_id, role_id })))
      .execute();
    if (accessRules.length === 0) return;
    await trx
      .insertInto('identity_application_credential_rule')
      .values(accessRules.map(({ id }) => ({ application_credential_id, access_rule_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** And with it its tokens. */
  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_application_credential').where('id', '=', id).execute();
  }

  async findRule(id: string, query: Queryable = this.#database.query): Promise<AccessRuleRecord | undefined> {
    return await query.selectFrom('identity_access_rule').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async listRules(
    userId: string,
    filter: Partial<Record<'service' | 'path' | 'method', string | undefined>>,
  ): Promise<AccessRuleRecord[]> {
    let rows = this.#database.query.selectFrom('identity_access_rule').selectAll().where('user_id', '=', userId);
    for (const column of ['service', 'path', 'method'] as const) {
      const value = filter[column];
      if (value !== undefined) rows = rows.where(column, '=', value);
    }
    return await rows.orderBy('id').execute();
  }

  /** The user's rule of that wording: the one there is, or this new one. */
  async keepRule(trx: Transaction, rule: AccessRuleRecord): Promise<AccessRuleRecord> {
    await trx
      .insertInto('identity_access_rule')
      .values(rule)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return await trx
      .selectFrom('identity_access_rule')
      .selectAll()
      .where('user_id', '=', rule.user_id)
      .where('service', '=', rule.service)
      .where('path', '=', rule.path)
      .where('method', '=', rule.method)
      .executeTakeFirstOrThrow();
  }

  async isRuleUsed(trx: Transaction, id: string): Promise<boolean> {
    const used = trx.selectFrom('identity_application_credential_rule').select('access_rule_id');
    return (await used.where('access_rule_id', '=', id).executeTakeFirst()) !== undefined;
  }

  async deleteRule(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_access_rule').where('id', '=', id).execute();
  }

  async #complete(
    query: Queryable,
    rows: readonly RowOf<typeof applicationCredentials>[],
  ): Promise<ApplicationCredentialRecord[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const roles = await query
      .selectFrom('identity_application_credential_role')
      .selectAll()
      .where('application_credential_id', 'in', ids)
      .execute();
    const rules = await query
      .selectFrom('identity_application_credential_rule as used')
      .innerJoin('identity_access_rule', 'identity_access_rule.id', 'used.access_rule_id')
      .select('used.application_credential_id')
      .selectAll('identity_access_rule')
      .where('used.application_credential_id', 'in', ids)
      .orderBy('identity_access_rule.id')
      .execute();
    return rows.map((row) => ({
      ...applicationCredentials.toRecord(row),
      roleIds: roles.filter((role) => role.application_credential_id === row.id).map(({ role_id }) => role_id),
      accessRules: rules
        .filter((rule) => rule.application_credential_id === row.id)
        .map(({ id, user_id, service, path, method }) => ({ id, user_id, service, path, method })),
    }));
  }
}
