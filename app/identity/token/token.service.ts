import type { Database, Transaction } from '../../database/database.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import type { ApplicationCredentialRepository } from '../credential/application-credential.repository.ts';
import type { ApplicationCredentialRecord, TrustRecord } from '../credential/credential.tables.ts';
import type { TrustRepository } from '../credential/trust.repository.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import type { OAuthRepository } from '../oauth/oauth.repository.ts';
import type { AccessTokenRecord } from '../oauth/oauth.tables.ts';
import type { RevocationEvent, TokenRepository, TokensToEnd } from './token.repository.ts';
import { type ResolvedToken, TokenResolver } from './token.resolver.ts';
import type { Federation, TokenRecord } from './token.tables.ts';
import { hashSecret, newAuditId, newToken, type Scope } from './token.ts';

export type { ResolvedToken } from './token.resolver.ts';

/**
 * Longer than Keystone's hour: a window stays open for a working day, and a token can be ended at any time because
 * every use looks it up.
 */
const LIFETIME_MS = 12 * 3600_000;
/** Keystone's `allow_expired_window`: for so long services may still ask what an expired token stood for. */
const EXPIRED_WINDOW_MS = 48 * 3600_000;
/** A resolved token is believed for this long; changes made by this controller take effect at once all the same. */
const CACHED_MS = 10_000;
const CACHED_TOKENS = 10_000;
const LOOK_AGAIN_MS = 60_000;
/** The longest a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a token is to stand for, and what it was made from. */
export interface Grant {
  userId: string;
  scope: Scope;
  methods: string[];
  parent: TokenRecord | null;
  trust?: TrustRecord;
  applicationCredential?: ApplicationCredentialRecord;
  credentialId?: string;
  federation?: Federation;
  accessToken?: AccessTokenRecord;
  /** Where something it stands on ends earlier than tokens do. */
  expiresAt?: string | undefined;
}

interface Parts {
  database: Database;
  tokens: TokenRepository;
  directory: DirectoryRepository;
  assignments: AssignmentRepository;
  trusts: TrustRepository;
  applicationCredentials: ApplicationCredentialRepository;
  oauth: OAuthRepository;
  now?: () => number;
}

/** Issues, validates and revokes tokens. */
export class TokenService {
  readonly #parts: Parts;
  readonly #resolver: TokenResolver;
  readonly #now: () => number;
  readonly #cache = new Map<string, { resolved: ResolvedToken; until: number }>();
  readonly #listeners = new Set<() => void>();
  /** Raised by {@link changed}: what was read before it must not be cached after it. */
  #generation = 0;
  #expiry: { timer: NodeJS.Timeout; at: number } | undefined;
  #look: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#resolver = new TokenResolver({ ...parts, now: this.#now });
  }

  /**
   * A new token, or undefined when the user may not use the scope (disabled, gone, or without a role on it) or what it
   * is made from has ended meanwhile. `parent` is the token it was made with: it hands on its expiry and the audit id
   * of the chain, and takes it along when it ends. A trust loses one of its uses.
   */
  async issue(grant: Grant): Promise<{ token: string; resolved: ResolvedToken } | undefined> {
    const token = newToken();
    const record = this.#recordOf(grant, token);
    // In one transaction, so that nothing it stands on can be taken away between the look and the token. The request's
    // audit record, which the answer waits for, takes it to the disk.
    const resolved = await this.#parts.database.quickTransaction(async (trx) => {
      if (record.parentHash !== null && !(await this.#parts.tokens.exists(trx, record.parentHash))) return undefined;
      const found = await this.#resolver.resolve(record, undefined, trx);
      if (!found) return undefined;
      if (record.trustId !== null && !(await this.#parts.trusts.consume(trx, record.trustId))) return undefined;
      await this.#parts.tokens.insert(trx, record);
      return found;
    });
    if (!resolved) return undefined;
    this.#wakeAt(Date.parse(record.expiresAt));
    return { token, resolved };
  }

  /**
   * What the token stands for now, or undefined when it is not valid (any more). With `allowExpired` also for two days
   * after it has expired, which only services may ask for.
   */
  async validate(token: string, options: { allowExpired?: boolean } = {}): Promise<ResolvedToken | undefined> {
    return await this.validateHash(hashSecret(token), options);
  }

  /** The same for who only remembers which token it was. */
  async validateHash(hash: string, { allowExpired = false } = {}): Promise<ResolvedToken | undefined> {
    const cached = this.#cache.get(hash);
    const now = this.#now();
    if (cached && cached.until > now) return cached.resolved;
    this.#cache.delete(hash);
    const generation = this.#generation;
    const found = await this.#parts.tokens.find(hash);
    if (!found) return undefined;
    const end = Date.parse(found.record.expiresAt);
    if (end + (allowExpired ? EXPIRED_WINDOW_MS : 0) <= now) return undefined;
    const resolved = await this.#resolver.resolve(found.record, found.user, this.#parts.database.query);
    if (resolved && end > now) this.#remember(resolved, generation);
    return resolved;
  }

  /** Whether a token that was valid a while ago is so in this transaction. */
  async isStillValid(trx: Transaction, { record }: ResolvedToken): Promise<boolean> {
    if (!(await this.#parts.tokens.exists(trx, record.hash))) return false;
    return (await this.#resolver.resolve(record, undefined, trx)) !== undefined;
  }

  async revoke({ record }: ResolvedToken): Promise<void> {
    const audit_id = record.auditIds[0];
    await this.#parts.database.transaction(async (trx) => {
      await this.#parts.tokens.delete(trx, record.hash);
      await this.#ended(trx, audit_id === undefined ? {} : { audit_id });
    });
  }

  /**
   * Ends, for good, the tokens that stand on something `trx` takes away: those of a user or a group's members (all, or
   * those with one scope), or everybody's with one scope. Call it in the transaction that disables, deletes, removes a
   * role or a member, or sets a password. Who loses a role on a project loses the application credentials for it, too.
   */
  async end(trx: Transaction, which: TokensToEnd): Promise<void> {
    await this.#parts.tokens.deleteMatching(trx, which);
    const { userId, scope } = which;
    await this.#ended(trx, {
      ...(userId === undefined ? {} : { user_id: userId }),
      ...(scope && 'id' in scope ? { [`${scope.type}_id`]: scope.id } : {}),
    });
  }

  /** The same where a whole domain is taken away: its users' tokens, and all for it and its projects. */
  async endOfDomain(trx: Transaction, domainId: string): Promise<void> {
    await this.#parts.tokens.deleteOfDomain(trx, domainId);
    await this.#ended(trx, { domain_id: domainId });
  }

  /** The same where a trust is taken away; those redelegated from it go with it. */
  async endOfTrust(trx: Transaction, trustId: string): Promise<void> {
    await this.#parts.tokens.deleteOf(trx, 'trust_id', trustId);
    await this.#ended(trx, { trust_id: trustId });
  }

  /** The same where an EC2 credential is taken away or gets another secret. */
  async endOfCredential(trx: Transaction, credentialId: string): Promise<void> {
    await this.#parts.tokens.deleteOf(trx, 'credential_id', credentialId);
    this.#parts.database.afterCommit(trx, () => this.changed());
  }

  /** What ended since then, for services that keep tokens on their own. */
  async listRevocations(since: string | undefined) {
    return await this.#parts.tokens.listRevocations(since);
  }

  /** Users, projects, roles or tokens are no longer what they were: nothing cached is believed, and holders look again. */
  changed(): void {
    this.#generation += 1;
    this.#cache.clear();
    this.#tell();
  }

  onEnded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what is long over. */
  async prune(): Promise<void> {
    const now = this.#now();
    const before = (ms: number) => new Date(now - ms).toISOString();
    await this.#parts.tokens.prune({
      time: before(0),
      tokens: before(EXPIRED_WINDOW_MS),
      revocations: before(LIFETIME_MS + EXPIRED_WINDOW_MS),
    });
  }

  /** From now on tells of each expiry when it comes. */
  async watchExpiry(): Promise<void> {
    const next = await this.#parts.tokens.nextExpiry(new Date(this.#now()).toISOString());
    if (next !== undefined) this.#wakeAt(Date.parse(next));
    this.#lookAgain();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#expiry?.timer);
    clearTimeout(this.#look);
  }

  #recordOf(grant: Grant, token: string): TokenRecord {
    const { parent, trust, applicationCredential, accessToken } = grant;
    const now = this.#now();
    const chain = parent?.auditIds.at(-1);
    const ends = [
      parent ? parent.expiresAt : new Date(now + LIFETIME_MS).toISOString(),
      trust?.expires_at,
      applicationCredential?.expires_at,
      accessToken?.expires_at,
      grant.expiresAt,
    ].filter((end) => end !== undefined && end !== null);
    const first = ends.reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));
    return {
      hash: hashSecret(token),
      userId: grant.userId,
      scope: grant.scope,
      methods: grant.methods,
      auditIds: chain === undefined ? [newAuditId()] : [newAuditId(), chain],
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(Date.parse(first)).toISOString(),
      parentHash: parent?.hash ?? null,
      trustId: trust?.id ?? null,
      applicationCredentialId: applicationCredential?.id ?? null,
      credentialId: grant.credentialId ?? parent?.credentialId ?? null,
      federation: grant.federation ?? parent?.federation ?? null,
      accessTokenId: accessToken?.id ?? null,
    };
  }

  async #ended(trx: Transaction, event: RevocationEvent): Promise<void> {
    if (Object.keys(event).length > 0) {
      await this.#parts.tokens.insertRevocation(trx, event, new Date(this.#now()).toISOString());
    }
    this.#parts.database.afterCommit(trx, () => this.changed());
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Sees that holders look again in the very second a token expires. */
  #wakeAt(time: number): void {
    if (this.#isClosed || (this.#expiry && this.#expiry.at <= time)) return;
    clearTimeout(this.#expiry?.timer);
    const delay = Math.min(MAX_TIMER_MS, Math.max(0, time - this.#now()) + 1);
    const timer = setTimeout(() => {
      this.#expiry = undefined;
      this.#tell();
      // Where this fails, the next look tries again.
      this.watchExpiry().catch(() => undefined);
    }, delay);
    timer.unref();
    this.#expiry = { timer, at: time };
  }

  /** Other controllers issue tokens too. */
  #lookAgain(): void {
    clearTimeout(this.#look);
    if (this.#isClosed) return;
    this.#look = setTimeout(() => this.watchExpiry().catch(() => this.#lookAgain()), LOOK_AGAIN_MS).unref();
  }

  #remember(resolved: ResolvedToken, generation: number): void {
    if (generation !== this.#generation) return;
    const until = Math.min(this.#now() + CACHED_MS, Date.parse(resolved.record.expiresAt));
    this.#cache.set(resolved.record.hash, { resolved, until });
    if (this.#cache.size > CACHED_TOKENS) this.#cache.delete(this.#cache.keys().next().value ?? '');
  }
}
