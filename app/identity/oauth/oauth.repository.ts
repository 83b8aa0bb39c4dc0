import type { Context } from '../../contract/context.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { RecordOf } from '../../database/table.ts';
import { ResourceStore } from '../../resource/resource.store.ts';
import { Resource, type ResourceParts } from '../../resource/resource.ts';
import { type CredentialCipher, encrypted } from '../credential/credential-cipher.ts';
import { notFound } from '../identity.errors.ts';
import { type AccessTokenRecord, accessTokens, type RequestTokenRecord, requestTokens } from './oauth.tables.ts';

type PlainToken = RecordOf<typeof accessTokens>;

/** Request and access tokens; their secrets are encrypted at rest and readable in records. */
export class OAuthRepository {
  readonly requestTokens: ResourceStore<RequestTokenRecord>;
  /** Without the roles they hand on. */
  readonly accessTokens: Resource<PlainToken>;
  readonly #database: Database;

  constructor({ cipher, ...parts }: ResourceParts & { cipher: CredentialCipher }) {
    const { database } = parts;
    this.#database = database;
    this.requestTokens = new ResourceStore({ database, table: encrypted(requestTokens, 'secret', cipher) });
    this.accessTokens = new Resource<PlainToken>(
      {
        table: encrypted(accessTokens, 'secret', cipher),
        notFound: (id) => notFound('access token', id),
        events: { created: 'identity.access_token.created', deleted: 'identity.access_token.deleted' },
        told: ({ project_id }) => ({ projectId: project_id }),
      },
      parts,
    );
  }

  /** With the roles it hands on, of those that are still there. */
  async findAccessToken(id: string, on?: Queryable): Promise<AccessTokenRecord | undefined> {
    const token = await this.accessTokens.find(id, on);
    return token && (await this.#complete([token], on))[0];
  }

  async listAccessTokens(user_id: string): Promise<AccessTokenRecord[]> {
    return await this.#complete(await this.accessTokens.list({ is: { user_id } }));
  }

  async addAccessToken(trx: Transaction, context: Context, { roleIds, ...token }: AccessTokenRecord): Promise<void> {
    await this.accessTokens.add(trx, context, token);
    const roles = await trx.selectFrom('identity_role').select('id').where('id', 'in', roleIds).execute();
    if (roles.length === 0) return;
    const handedOn = roles.map(({ id }) => ({ access_token_id: token.id, role_id: id }));
    await trx.insertInto('identity_access_token_role').values(handedOn).execute();
  }

  async #complete(tokens: PlainToken[], on: Queryable = this.#database.query): Promise<AccessTokenRecord[]> {
    if (tokens.length === 0) return [];
    const ids = tokens.map(({ id }) => id);
    const roles = on.selectFrom('identity_access_token_role').selectAll().where('access_token_id', 'in', ids);
    const byToken = Map.groupBy(await roles.execute(), ({ access_token_id }) => access_token_id);
    return tokens.map((token) => ({
      ...token,
      roleIds: (byToken.get(token.id) ?? []).map(({ role_id }) => role_id),
    }));
  }
}
