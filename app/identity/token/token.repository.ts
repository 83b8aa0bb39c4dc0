import type { Selectable } from 'kysely';
import { UnexpectedError } from '../../contract/errors.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { RowOf } from '../../database/table.ts';
import type { UserRow } from '../directory/directory.tables.ts';
import { newIdentityId } from '../identity-id.ts';
import { type RevocationRow, type SignInCode, signInCodes, type TokenRecord, tokens } from './token.tables.ts';
import type { Scope } from './token.ts';

/** All that are given must hold; `groupId`: of the group's members. */
export interface TokensToEnd {
  userId?: string;
  groupId?: string;
  scope?: Scope;
}

export interface RevocationEvent {
  user_id?: string;
  project_id?: string;
  domain_id?: string;
  trust_id?: string;
  audit_id?: string;
}

/** Rows of tokens, sign-in codes and revocation events. Tokens and codes are stored hashed. */
export class TokenRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(trx: Transaction, { scope, ...token }: TokenRecord): Promise<void> {
    const row = tokens.toRow({ ...token, scopeType: scope.type, scopeId: 'id' in scope ? scope.id : null });
    await trx.insertInto('identity_token').values(row).execute();
  }

  /** The token and, in the same query, its user. */
  async find(hash: string): Promise<{ record: TokenRecord; user: Selectable<UserRow> } | undefined> {
    const row = await this.#database.query
      .selectFrom('identity_token')
      .innerJoin('identity_user', 'identity_user.id', 'identity_token.user_id')
      .selectAll('identity_token')
      .selectAll('identity_user')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row && { record: tokenIn(row), user: row };
  }

  async exists(query: Queryable, hash: string): Promise<boolean> {
    const row = await query.selectFrom('identity_token').select('hash').where('hash', '=', hash).executeTakeFirst();
    return row !== undefined;
  }

  /** And with it those made from it. */
  async delete(trx: Transaction, hash: string): Promise<void> {
    await trx.deleteFrom('identity_token').where('hash', '=', hash).execute();
  }

  async deleteMatching(trx: Transaction, which: TokensToEnd): Promise<void> {
    const { userId, groupId, scope } = which;
    if (userId === undefined && groupId === undefined && scope === undefined) {
      throw new UnexpectedError('Which tokens are to end?');
    }
    let ended = trx.deleteFrom('identity_token');
    if (userId !== undefined || groupId !== undefined) {
      const users = usersOf(trx, which);
      // Unions, because PostgreSQL finds nothing by an index where one of several lists may hold it.
      const trusts = (['trustor_user_id', 'trustee_user_id', 'delegator_user_id'] as const)
        .map((column) => trx.selectFrom('identity_trust').select('id').where(column, 'in', users))
        .reduce((all, more) => all.union(more));
      const hashes = trx.selectFrom('identity_token').select('hash');
      ended = ended.where(
        'hash',
        'in',
        hashes.where('user_id', 'in', users).union(hashes.where('trust_id', 'in', trusts)),
      );
    }
    if (scope !== undefined) {
      ended = ended.where('scope_type', '=', scope.type);
      ended = 'id' in scope ? ended.where('scope_id', '=', scope.id) : ended.where('scope_id', 'is', null);
    }
    await ended.execute();
    if (userId !== undefined && scope === undefined) {
      await trx.deleteFrom('identity_sign_in_code').where('user_id', '=', userId).execute();
      await trx.deleteFrom('identity_receipt').where('user_id', '=', userId).execute();
    }
    // As Keystone: who loses a role on a project loses the application credentials made for it.
    if (scope?.type === 'project' && (userId !== undefined || groupId !== undefined)) {
      await trx
        .deleteFrom('identity_application_credential')
        .where('user_id', 'in', usersOf(trx, which))
        .where('project_id', '=', scope.id)
        .execute();
    }
  }

  /** Those of the domain's users, and everybody's for the domain and its projects. */
  async deleteOfDomain(trx: Transaction, domainId: string): Promise<void> {
    const users = trx.selectFrom('identity_user').select('id').where('domain_id', '=', domainId);
    const projects = trx.selectFrom('identity_project').select('id').where('domain_id', '=', domainId);
    await trx.deleteFrom('identity_token').where('user_id', 'in', users).execute();
    await trx.deleteFrom('identity_token').where('scope_id', '=', domainId).execute();
    await trx.deleteFrom('identity_token').where('scope_id', 'in', projects).execute();
    await trx.deleteFrom('identity_sign_in_code').where('user_id', 'in', users).execute();
    await trx.deleteFrom('identity_receipt').where('user_id', 'in', users).execute();
  }

  /** Those that stand on a trust or an EC2 credential. */
  async deleteOf(trx: Transaction, column: 'trust_id' | 'credential_id', id: string): Promise<void> {
    await trx.deleteFrom('identity_token').where(column, '=', id).execute();
  }

  /** Forgets tokens, and what they were signed for with, that expired before `tokens`; all else before `time`. */
  async prune(times: { tokens: string; time: string; revocations: string }): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await trx.deleteFrom('identity_sign_in_code').where('expires_at', '<=', times.time).execute();
      await trx.deleteFrom('identity_receipt').where('expires_at', '<=', times.time).execute();
      await trx.deleteFrom('identity_token').where('expires_at', '<=', times.tokens).execute();
      await trx.deleteFrom('identity_request_token').where('expires_at', '<=', times.time).execute();
      await trx.deleteFrom('identity_access_token').where('expires_at', '<=', times.tokens).execute();
      await trx.deleteFrom('identity_revocation').where('revoked_at', '<=', times.revocations).execute();
    });
  }

  /** When the next token expires after `time`. */
  async nextExpiry(time: string): Promise<string | undefined> {
    const row = await this.#database.query
      .selectFrom('identity_token')
      .select((e) => e.fn.min('expires_at').as('next'))
      .where('expires_at', '>', time)
      .executeTakeFirst();
    return row?.next ?? undefined;
  }

  async insertCode(trx: Transaction, code: SignInCode & { hash: string; expiresAt: string }): Promise<void> {
    await trx.insertInto('identity_sign_in_code').values(signInCodes.toRow(code)).execute();
  }

  /** Takes the code away: whoever comes second gets nothing. */
  async takeCode(trx: Transaction, hash: string, now: string): Promise<SignInCode | undefined> {
    const row = await trx
      .deleteFrom('identity_sign_in_code')
      .where('hash', '=', hash)
      .where('expires_at', '>', now)
      .returning(['user_id', 'project_id', 'federation'])
      .executeTakeFirst();
    if (!row) return undefined;
    const federation = signInCodes.columns.federation.read(row.federation);
    return { userId: row.user_id, projectId: row.project_id, federation };
  }

  async insertRevocation(trx: Transaction, event: RevocationEvent, revokedAt: string): Promise<void> {
    const none = { user_id: null, project_id: null, domain_id: null, trust_id: null, audit_id: null };
    await trx
      .insertInto('identity_revocation')
      .values({ ...none, ...event, id: newIdentityId(), revoked_at: revokedAt })
      .execute();
  }

  /** With null for what does not matter. */
  async listRevocations(since: string | undefined): Promise<RevocationRow[]> {
    let rows = this.#database.query.selectFrom('identity_revocation').selectAll().orderBy('revoked_at');
    if (since !== undefined) rows = rows.where('revoked_at', '>=', since);
    return await rows.execute();
  }
}

/** The user, or the group's members, or the user where they are a member. */
function usersOf(trx: Transaction, { userId, groupId }: TokensToEnd) {
  let users = trx.selectFrom('identity_user').select('id');
  if (userId !== undefined) users = users.where('id', '=', userId);
  if (groupId !== undefined) {
    const members = trx.selectFrom('identity_group_member').select('user_id').where('group_id', '=', groupId);
    users = users.where('id', 'in', members);
  }
  return users;
}

function tokenIn(row: RowOf<typeof tokens>): TokenRecord {
  const { scopeType, scopeId, ...token } = tokens.recordIn(row);
  return { ...token, scope: toScope(scopeType, scopeId) };
}

function toScope(type: Scope['type'], id: string | null): Scope {
  if (type === 'system') return { type };
  return (type === 'project' || type === 'domain') && id !== null ? { type, id } : { type: 'unscoped' };
}
