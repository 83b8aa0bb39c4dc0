import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { RecordOf } from '../../database/table.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import {
  type AccessRuleRecord,
  type ApplicationCredentialRecord,
  accessRules,
  applicationCredentials,
} from './credential.tables.ts';

type Rows = readonly RecordOf<typeof applicationCredentials>[];

/** Application credentials with their roles and access rules. */
export class ApplicationCredentialRepository {
  readonly rules: ResourceStore<AccessRuleRecord>;
  readonly #rows: ResourceStore<RecordOf<typeof applicationCredentials>>;
  readonly #database: Database;

  constructor(database: Database) {
    this.rules = new ResourceStore<AccessRuleRecord>({ database, table: accessRules });
    this.#rows = new ResourceStore({ database, table: applicationCredentials });
    this.#database = database;
  }

  async find(
    by: { id: string } | { user_id: string; name: string },
    query: Queryable = this.#database.query,
  ): Promise<ApplicationCredentialRecord | undefined> {
    return (await this.#complete(query, await this.#rows.list({ is: by, limit: 1 }, query)))[0];
  }

  /** The oldest first. */
  async list(is: { user_id: string; name?: string }): Promise<ApplicationCredentialRecord[]> {
    const rows = await this.#rows.list({ is, sort: [{ attribute: 'created_at', direction: 'asc' }] });
    return await this.#complete(this.#database.query, rows);
  }

  /** The roles and rules of one that was just made. */
  async attach(trx: Transaction, { id, roleIds, accessRules }: ApplicationCredentialRecord): Promise<void> {
    await trx
      .insertInto('identity_application_credential_role')
      .values(roleIds.map((role_id) => ({ application_credential_id: id, role_id })))
      .execute();
    if (accessRules.length === 0) return;
    await trx
      .insertInto('identity_application_credential_rule')
      .values(accessRules.map((rule) => ({ application_credential_id: id, access_rule_id: rule.id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** The user's rule of that wording: the one there is, or this new one. */
  async keepRule(trx: Transaction, rule: AccessRuleRecord): Promise<AccessRuleRecord> {
    await trx
      .insertInto('identity_access_rule')
      .values(rule)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { id: _, ...wording } = rule;
    const [kept] = await this.rules.list({ is: wording }, trx);
    return kept ?? rule;
  }

  async isRuleUsed(trx: Transaction, id: string): Promise<boolean> {
    const used = trx.selectFrom('identity_application_credential_rule').select('access_rule_id');
    return (await used.where('access_rule_id', '=', id).executeTakeFirst()) !== undefined;
  }

  async #complete(query: Queryable, rows: Rows): Promise<ApplicationCredentialRecord[]> {
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
      ...row,
      roleIds: roles.filter((role) => role.application_credential_id === row.id).map(({ role_id }) => role_id),
      accessRules: rules
        .filter((rule) => rule.application_credential_id === row.id)
        .map(({ id, user_id, service, path, method }) => ({ id, user_id, service, path, method })),
    }));
  }
}
