import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { CredentialCipher } from '../credential/credential-cipher.ts';
import { type AccessTokenRecord, accessTokens, type RequestTokenRecord, requestTokens } from './oauth.tables.ts';

/** Rows of request and access tokens; their secrets are encrypted at rest and readable in records. */
export class OAuthRepository {
  readonly #database: Database;
  readonly #cipher: CredentialCipher;

  constructor(parts: { database: Database; cipher: CredentialCipher }) {
    this.#database = parts.database;
    this.#cipher = parts.cipher;
  }

  async findRequestToken(id: string, query: Queryable = this.#database.query): Promise<RequestTokenRecord | undefined> {
    const row = await query.selectFrom('identity_request_token').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    const record = requestTokens.toRecord(row);
    return { ...record, secret: this.#cipher.decrypt(record.secret, id) };
  }

  async insertRequestToken(trx: Transaction, record: RequestTokenRecord): Promise<void> {
    const secret = this.#cipher.encrypt(record.secret, record.id);
    const row = requestTokens.toRow({ ...record, secret });
    await trx.insertInto('identity_request_token').values(row).execute();
  }

  async authorize(
    trx: Transaction,
    { id, user_id, verifier, roleIds }: Pick<RequestTokenRecord, 'id' | 'user_id' | 'verifier' | 'roleIds'>,
  ): Promise<void> {
    const row = requestTokens.toChanges({ user_id, verifier, roleIds });
    await trx.updateTable('identity_request_token').set(row).where('id', '=', id).execute();
  }

  async deleteRequestToken(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_request_token').where('id', '=', id).execute();
  }

  /** With the roles it hands on, of those that are still there. */
  async findAccessToken(id: string, query: Queryable = this.#database.query): Promise<AccessTokenRecord | undefined> {
    const row = await query.selectFrom('identity_access_token').selectAll().where('id', '=', id).executeTakeFirst();
    return row && (await this.#complete(query, [row]))[0];
  }

  async listAccessTokens(userId: string): Promise<AccessTokenRecord[]> {
    const { query } = this.#database;
    const rows = query.selectFrom('identity_access_token').selectAll().where('user_id', '=', userId).orderBy('id');
    return await this.#complete(query, await rows.execute());
  }

  async insertAccessToken(trx: Transaction, { roleIds, ...record }: AccessTokenRecord): Promise<void> {
    const row = accessTokens.toRow({ ...record, secret: this.#cipher.encrypt(record.secret, record.id) });
    await trx.insertInto('identity_access_token').values(row).execute();
    const roles = await trx.selectFrom('identity_role').select('id').where('id', 'in', roleIds).execute();
    if (roles.length === 0) return;
    const handedOn = roles.map(({ id }) => ({ access_token_id: record.id, role_id: id }));
    await trx.insertInto('identity_access_token_role').values(handedOn).execute();
  }

  /** And with it the tokens it was signed for with. */
  async deleteAccessToken(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('identity_access_token').where('id', '=', id).execute();
  }

  async #complete(query: Queryable, rows: Omit<AccessTokenRecord, 'roleIds'>[]): Promise<AccessTokenRecord[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const roles = await query
      .selectFrom('identity_access_token_role')
      .selectAll()
      .where('access_token_id', 'in', ids)
      .execute();
    const byToken = Map.groupBy(roles, ({ access_token_id }) => access_token_id);
    return rows.map((row) => ({
      ...row,
      secret: this.#cipher.decrypt(row.secret, row.id),
      roleIds: (byToken.get(row.id) ?? []).map(({ role_id }) => role_id),
    }));
  }
}
