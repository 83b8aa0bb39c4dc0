import { UnexpectedError } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { IdentityTokenTable } from '../../database/tables.ts';
import type { Scope } from './token.ts';

export interface TokenRecord {
  hash: string;
  userId: string;
  scope: Scope;
  methods: string[];
  /** The token's own audit id, then that of the first token of its chain. */
  auditIds: string[];
  issuedAt: string;
  expiresAt: string;
}

/** All that are given must hold; `groupId`: of the group's members. */
export interface TokensToEnd {
  userId?: string;
  groupId?: string;
  scope?: Scope;
}

/** Rows of tokens and sign-in codes. Both are stored hashed. */
export class TokenRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, token: TokenRecord): Promise<void> {
    await trx
      .insertInto('identity_token')
      .values({
        hash: token.hash,
        user_id: token.userId,
        scope_type: token.scope.type,
        scope_id: 'id' in token.scope ? token.scope.id : null,
        methods: JSON.stringify(token.methods),
        audit_ids: JSON.stringify(token.auditIds),
        issued_at: token.issuedAt,
        expires_at: token.expiresAt,
      })
      .execute();
  }

  async find(hash: string): Promise<TokenRecord | undefined> {
    const row = await this.#database.query
      .selectFrom('identity_token')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row && fromRow(row);
  }

  async delete(trx: Transaction, hash: string): Promise<void> {
    await trx.deleteFrom('identity_token').where('hash', '=', hash).execute();
  }

  async deleteOfUser(trx: Transaction, userId: string): Promise<void> {
    await trx.deleteFrom('identity_token').where('user_id', '=', userId).execute();
    await trx.deleteFrom('identity_sign_in_code').where('user_id', '=', userId).execute();
  }

  async deleteMatching(trx: Transaction, { userId, groupId, scope }: TokensToEnd): Promise<void> {
    if (userId === undefined && groupId === undefined && scope === undefined) {
      throw new UnexpectedError('Which tokens are to end?');
    }
    let tokens = trx.deleteFrom('identity_token');
    if (userId !== undefined) tokens = tokens.where('user_id', '=', userId);
    if (groupId !== undefined) {
      const members = trx.selectFrom('identity_group_member').select('user_id').where('group_id', '=', groupId);
      tokens = tokens.where('user_id', 'in', members);
    }
    if (scope !== undefined) {
      tokens = tokens.where('scope_type', '=', scope.type).where('scope_id', 'is', 'id' in scope ? scope.id : null);
    }
    await tokens.execute();
    if (userId !== undefined && scope === undefined) {
      await trx.deleteFrom('identity_sign_in_code').where('user_id', '=', userId).execute();
    }
  }

  /** Those of the domain's users, and everybody's for the domain and its projects. */
  async deleteOfDomain(trx: Transaction, domainId: string): Promise<void> {
    const users = trx.selectFrom('identity_user').select('id').where('domain_id', '=', domainId);
    const projects = trx.selectFrom('identity_project').select('id').where('domain_id', '=', domainId);
    await trx
      .deleteFrom('identity_token')
      .where((e) => e.or([e('user_id', 'in', users), e('scope_id', '=', domainId), e('scope_id', 'in', projects)]))
      .execute();
    await trx.deleteFrom('identity_sign_in_code').where('user_id', 'in', users).execute();
  }

  /** Forgets what expired before `time`; answers how many tokens that were. */
  async prune(time: string): Promise<number> {
    return await this.#database.transaction(async (trx) => {
      await trx.deleteFrom('identity_sign_in_code').where('expires_at', '<=', time).execute();
      const gone = await trx.deleteFrom('identity_token').where('expires_at', '<=', time).executeTakeFirst();
      return Number(gone.numDeletedRows);
    });
  }

  async insertCode(
    trx: Transaction,
    code: { hash: string; userId: string; projectId: string; expiresAt: string },
  ): Promise<void> {
    await trx
      .insertInto('identity_sign_in_code')
      .values({ hash: code.hash, user_id: code.userId, project_id: code.projectId, expires_at: code.expiresAt })
      .execute();
  }

  /** Takes the code away: whoever comes second gets nothing. */
  async takeCode(
    trx: Transaction,
    hash: string,
    now: string,
  ): Promise<{ userId: string; projectId: string } | undefined> {
    const row = await trx
      .deleteFrom('identity_sign_in_code')
      .where('hash', '=', hash)
      .where('expires_at', '>', now)
      .returning(['user_id', 'project_id'])
      .executeTakeFirst();
    return row && { userId: row.user_id, projectId: row.project_id };
  }
}

function fromRow(row: IdentityTokenTable): TokenRecord {
  return {
    hash: row.hash,
    userId: row.user_id,
    scope: toScope(row),
    methods: JSON.parse(row.methods),
    auditIds: JSON.parse(row.audit_ids),
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  };
}

function toScope({ scope_type, scope_id }: IdentityTokenTable): Scope {
  if (scope_type === 'system') return { type: 'system' };
  if ((scope_type === 'project' || scope_type === 'domain') && scope_id !== null)
    return { type: scope_type, id: scope_id };
  return { type: 'unscoped' };
}
