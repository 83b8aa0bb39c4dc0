import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import type { Roles } from '../assignment/role.resource.ts';
import { notFound } from '../identity.errors.ts';
import type { TokenService } from '../token/token.service.ts';
import type { OAuthRepository } from './oauth.repository.ts';
import type { AccessTokenRecord } from './oauth.tables.ts';

interface Parts {
  rows: OAuthRepository;
  roles: Roles;
  tokens: TokenService;
}

/** What consumers of OAuth 1 were given by a user, to be seen and taken back. */
export class AccessTokenService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(userId: string): Promise<AccessTokenRecord[]> {
    return await this.#parts.rows.listAccessTokens(userId);
  }

  async get(userId: string, id: string): Promise<AccessTokenRecord> {
    const token = await this.#parts.rows.findAccessToken(id);
    if (token?.user_id !== userId) throw notFound('access token', id);
    return token;
  }

  async rolesOf(userId: string, id: string): Promise<RoleRecord[]> {
    return await this.#parts.roles.findMany((await this.get(userId, id)).roleIds);
  }

  /** The tokens it was signed in for with end with it. As Keystone, 401 where it is another user's. */
  async delete(context: Context, userId: string, id: string): Promise<void> {
    const { rows, tokens } = this.#parts;
    await rows.accessTokens.delete(context, id, {}, ({ user_id }) => {
      if (user_id !== userId) throw new UserError('unauthorized', 'The access token is of another user.');
    });
    tokens.changed();
  }
}
