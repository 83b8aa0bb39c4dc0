import { randomBytes, randomInt } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Transaction } from '../../database/database.ts';
import { isSameSignature } from '../credential/signature.ts';
import { expecting, notAuthenticated, notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { IdentitySettings } from '../identity.settings.ts';
import { newIdentityId } from '../identity-id.ts';
import { isOver } from '../identity-time.ts';
import type { Consumers } from './consumer.resource.ts';
import type { OAuthRepository } from './oauth.repository.ts';
import type { WantedRole } from './oauth.schema.ts';
import type { AccessTokenRecord, RequestTokenRecord } from './oauth.tables.ts';
import { isSignatureRight, type OAuthParameters, type OAuthRequest, oauthParameters } from './oauth-signature.ts';
import { UsedNonces } from './used-nonces.ts';

/** Keystone's: letters and digits that are not taken for each other, since people type it. */
const VERIFIER_CHARS = 'abcdefghkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const VERIFIER_LENGTH = 8;

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'assignments' | 'now'> {
  rows: OAuthRepository;
  consumers: Consumers;
  settings: IdentitySettings['oauth1'];
}

/**
 * OAuth 1 (OS-OAUTH1): a consumer asks for a request token, a user grants it roles on a project, the consumer trades it
 * for an access token and signs in with that.
 */
export class OAuthService {
  readonly #parts: Parts;
  readonly #nonces: UsedNonces;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#nonces = new UsedNonces(parts.now);
  }

  /** For the project a consumer wants to be let in to: 404 where that or the consumer is not there. */
  async createRequestToken(request: OAuthRequest, projectId: string | undefined): Promise<RequestTokenRecord> {
    const sent = oauthParameters(request, this.#parts.now(), ['oauth_callback']);
    if (!projectId) throw expecting('Requested-Project-Id', 'request');
    return await this.#parts.database.transaction(async (trx) => {
      if (!(await this.#parts.directory.findProject({ id: projectId }, trx))) throw notFound('project', projectId);
      const consumer = sent.oauth_consumer_key ?? '';
      this.#assertSigned(request, sent, { consumer: await this.#parts.consumers.secretOf(consumer, trx) });
      const token: RequestTokenRecord = {
        id: newIdentityId(),
        consumer_id: consumer,
        project_id: projectId,
        secret: newSecret(),
        verifier: null,
        user_id: null,
        roleIds: [],
        expires_at: this.#expiry(this.#parts.settings.request_token_duration),
      };
      await this.#parts.rows.requestTokens.insert(trx, token);
      return token;
    });
  }

  /** The caller grants roles of their own on the project that was asked for. Answers what the consumer has to know. */
  async authorize(context: Context, id: string, wanted: readonly WantedRole[]): Promise<string> {
    return await this.#parts.database.transaction(async (trx) => {
      const token = await this.#findRequestToken(trx, id);
      const userId = context.userId ?? '';
      const held = await this.#parts.assignments.rolesOf(userId, { type: 'project', id: token.project_id }, trx);
      const roleIds = wanted.map((role) => {
        const found = held.find((one) => ('id' in role ? one.id === role.id : one.name === role.name));
        if (!found)
          throw new UserError('unauthorized', 'Who authorizes a request token must have the roles it is for.');
        return found.id;
      });
      const verifier = Array.from({ length: VERIFIER_LENGTH }, () => VERIFIER_CHARS[randomInt(VERIFIER_CHARS.length)]);
      const granted = { user_id: userId, verifier: verifier.join(''), roleIds: [...new Set(roleIds)] };
      await this.#parts.rows.requestTokens.update(trx, id, (stored) => ({ ...stored, ...granted }));
      return granted.verifier;
    });
  }

  /** Trades a request token that was authorized, once. */
  async createAccessToken(context: Context, request: OAuthRequest): Promise<AccessTokenRecord> {
    const sent = oauthParameters(request, this.#parts.now(), ['oauth_token', 'oauth_verifier']);
    return await this.#parts.database.transaction(async (trx) => {
      const asked = await this.#findRequestToken(trx, sent.oauth_token ?? '');
      const consumer = sent.oauth_consumer_key ?? '';
      if (asked.consumer_id !== consumer) throw refuse('The request token is of another consumer.');
      if (asked.user_id === null || !isSameSignature(sent.oauth_verifier ?? '', asked.verifier ?? '')) {
        throw refuse('The verifier is not the one of the request token.');
      }
      const secrets = { consumer: await this.#parts.consumers.secretOf(consumer, trx), token: asked.secret };
      this.#assertSigned(request, sent, secrets);
      const token: AccessTokenRecord = {
        id: newIdentityId(),
        consumer_id: consumer,
        project_id: asked.project_id,
        user_id: asked.user_id,
        secret: newSecret(),
        expires_at: this.#expiry(this.#parts.settings.access_token_duration),
        roleIds: asked.roleIds,
      };
      await this.#parts.rows.requestTokens.delete(trx, asked.id);
      await this.#parts.rows.addAccessToken(trx, context, token);
      return token;
    });
  }

  /** Which access token a request was signed with; as Keystone, 404 where there is none of that name. */
  async authenticate(request: OAuthRequest): Promise<AccessTokenRecord> {
    const sent = oauthParameters(request, this.#parts.now(), ['oauth_token']);
    const token = await this.#parts.rows.findAccessToken(sent.oauth_token ?? '');
    if (!token) throw notFound('access token', sent.oauth_token ?? '');
    if (isOver(token, this.#parts.now()) || token.consumer_id !== sent.oauth_consumer_key) throw notAuthenticated();
    const secrets = { consumer: await this.#parts.consumers.secretOf(token.consumer_id), token: token.secret };
    this.#assertSigned(request, sent, secrets);
    return token;
  }

  async #findRequestToken(trx: Transaction, id: string): Promise<RequestTokenRecord> {
    const token = await this.#parts.rows.requestTokens.find(id, trx);
    if (!token) throw notFound('request token', id);
    if (isOver(token, this.#parts.now())) throw refuse('The request token has expired.');
    return token;
  }

  #assertSigned(request: OAuthRequest, sent: OAuthParameters, secrets: { consumer: string; token?: string }): void {
    if (!isSignatureRight(request, sent, secrets)) throw refuse('Invalid signature.');
    if (!this.#nonces.use(sent)) throw refuse('The request was sent before.');
  }

  /** 0 seconds: never. */
  #expiry(seconds: number): string | null {
    return seconds === 0 ? null : new Date(this.#parts.now() + seconds * 1000).toISOString();
  }
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}

function refuse(message: string): UserError {
  return new UserError('unauthorized', message);
}
