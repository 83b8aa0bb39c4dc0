import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Transaction } from '../../database/database.ts';
import { mapInTurns } from '../../pattern/turns.ts';
import type { SecurityCompliance } from '../identity.settings.ts';
import { conditionsOf, type ListQuery, rowsToRead } from '../list-query.ts';
import { toUser } from './directory.record.ts';
import { type UserRecord, users } from './directory.tables.ts';
import { expiryFilters, USER_FILTERS } from './user.schema.ts';

/** What of a user is not about passwords and sign-ins; see user-password.service.ts for that. */
export type UserChange = Pick<UserRecord, 'name' | 'enabled' | 'default_project_id' | 'options' | 'extra'>;

/** Rows of users. */
export class UserRepository {
  readonly #database: Database;
  readonly #rules: SecurityCompliance;
  readonly #now: () => number;

  constructor(parts: { database: Database; rules: SecurityCompliance; now: () => number }) {
    this.#database = parts.database;
    this.#rules = parts.rules;
    this.#now = parts.now;
  }

  async list(query: ListQuery, further: RawBuilder<SqlBool>[] = []): Promise<UserRecord[]> {
    let select = this.#database.query.selectFrom('identity_user').selectAll().orderBy('id');
    const expiries = expiryFilters(query.password_expires_at).map(
      ({ operator, time }) => sql<SqlBool>`password_expires_at ${sql.raw(operator)} ${time}`,
    );
    for (const condition of [...conditionsOf(query, USER_FILTERS), ...expiries, ...further]) {
      select = select.where(condition);
    }
    const limit = rowsToRead(query);
    if (limit !== undefined) select = select.limit(limit);
    return await mapInTurns(await select.execute(), (row) => toUser(row, this.#rules, this.#now()));
  }

  async isNameTaken(trx: Transaction, { id, name, domain_id }: Pick<UserRecord, 'id' | 'name' | 'domain_id'>) {
    const other = await trx
      .selectFrom('identity_user')
      .select('id')
      .where('domain_id', '=', domain_id)
      .where('name', '=', name)
      .where('id', '<>', id)
      .executeTakeFirst();
    return other !== undefined;
  }

  async insert(
    trx: Transaction,
    user: UserChange & { id: string; domain_id: string },
    password: { password_hash: string | null; password_created_at: string | null; password_expires_at: string | null },
  ): Promise<void> {
    const created_at = new Date(this.#now()).toISOString();
    await trx
      .insertInto('identity_user')
      .values(
        users.toRow({
          ...changeOf(user),
          ...password,
          id: user.id,
          domain_id: user.domain_id,
          failed_at: null,
          last_active_on: null,
          created_at,
        }),
      )
      .execute();
  }

  /** What `change` makes of the user as they are in this transaction; undefined where there is none. */
  async update(
    trx: Transaction,
    id: string,
    change: (user: UserRecord) => Promise<UserRecord>,
  ): Promise<UserRecord | undefined> {
    const row = await trx.selectFrom('identity_user').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    const user = await change(toUser(row, this.#rules, this.#now()));
    await trx
      .updateTable('identity_user')
      .set(users.toChanges(changeOf(user)))
      .where('id', '=', id)
      .execute();
    return user;
  }

  /** Whoever is enabled anew starts without failures, and as if they had signed in today. */
  async forgetFailures(trx: Transaction, id: string): Promise<void> {
    const last_active_on = new Date(this.#now()).toISOString().slice(0, 10);
    await trx
      .updateTable('identity_user')
      .set({ failed_count: 0, failed_at: null, last_active_on })
      .where('id', '=', id)
      .execute();
  }

  async delete(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_user').where('id', '=', id).execute();
  }
}

function changeOf({ name, enabled, default_project_id, options, extra }: UserChange): UserChange {
  return { name, enabled, default_project_id, options, extra };
}
