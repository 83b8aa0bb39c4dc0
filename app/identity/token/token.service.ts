import type { Database, Transaction } from '../../database/database.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import type {
  DirectoryRepository,
  DomainRecord,
  ProjectRecord,
  UserRecord,
} from '../directory/directory.repository.ts';
import type { TokenRecord, TokenRepository, TokensToEnd } from './token.repository.ts';
import { hashSecret, newAuditId, newToken, type Scope } from './token.ts';

/**
 * Longer than Keystone's hour: a window stays open for a working day, and a token can be ended at any time because
 * every use looks it up.
 */
const LIFETIME_MS = 12 * 3600_000;
/** A resolved token is believed for this long; changes made by this controller take effect at once all the same. */
const CACHED_MS = 10_000;
const CACHED_TOKENS = 10_000;

/** A valid token with what it stands for now. Roles are read when it is resolved, never stored with it. */
export interface ResolvedToken {
  record: TokenRecord;
  user: UserRecord;
  userDomain: DomainRecord;
  /** With a project or domain scope. */
  project: ProjectRecord | null;
  domain: DomainRecord | null;
  roles: { id: string; name: string }[];
}

/** Issues, validates and revokes tokens. */
export class TokenService {
  readonly #database: Database;
  readonly #tokens: TokenRepository;
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;
  readonly #now: () => number;
  readonly #cache = new Map<string, { resolved: ResolvedToken; until: number }>();
  readonly #listeners = new Set<() => void>();
  /** Raised by {@link changed}: what was read before it must not be cached after it. */
  #generation = 0;

  constructor(parts: {
    database: Database;
    tokens: TokenRepository;
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
    now?: () => number;
  }) {
    this.#database = parts.database;
    this.#tokens = parts.tokens;
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
    this.#now = parts.now ?? Date.now;
  }

  /**
   * A new token, or undefined when the user may not use the scope (disabled, gone, or without a role on it). `parent`
   * is the token it was made with: it hands on its expiry and the audit id of the chain.
   */
  async issue(grant: {
    userId: string;
    scope: Scope;
    methods: string[];
    parent: TokenRecord | null;
  }): Promise<{ token: string; resolved: ResolvedToken } | undefined> {
    const token = newToken();
    const now = this.#now();
    const chain = grant.parent?.auditIds.at(-1);
    const record: TokenRecord = {
      hash: hashSecret(token),
      userId: grant.userId,
      scope: grant.scope,
      methods: grant.methods,
      auditIds: chain === undefined ? [newAuditId()] : [newAuditId(), chain],
      issuedAt: new Date(now).toISOString(),
      expiresAt: grant.parent?.expiresAt ?? new Date(now + LIFETIME_MS).toISOString(),
    };
    const generation = this.#generation;
    const resolved = await this.#resolve(record);
    if (!resolved) return undefined;
    await this.#database.transaction((trx) => this.#tokens.insert(trx, record));
    this.#remember(resolved, generation);
    return { token, resolved };
  }

  /** What the token stands for now, or undefined when it is not valid (any more). */
  async validate(token: string): Promise<ResolvedToken | undefined> {
    const hash = hashSecret(token);
    const cached = this.#cache.get(hash);
    const now = this.#now();
    if (cached && cached.until > now) return cached.resolved;
    this.#cache.delete(hash);
    const generation = this.#generation;
    const record = await this.#tokens.find(hash);
    if (!record || Date.parse(record.expiresAt) <= now) return undefined;
    const resolved = await this.#resolve(record);
    if (resolved) this.#remember(resolved, generation);
    return resolved;
  }

  async revoke(resolved: ResolvedToken): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#tokens.delete(trx, resolved.record.hash);
      this.#database.afterCommit(trx, () => this.changed());
    });
  }

  /**
   * Ends, for good, the tokens that stand on something `trx` takes away: those of a user or a group's members (all, or
   * those with one scope), or everybody's with one scope. Call it in the transaction that disables, deletes, removes a
   * role or a member, or sets a password.
   */
  async end(trx: Transaction, which: TokensToEnd): Promise<void> {
    await this.#tokens.deleteMatching(trx, which);
    this.#database.afterCommit(trx, () => this.changed());
  }

  /** The same where a whole domain is taken away: its users' tokens, and all for it and its projects. */
  async endOfDomain(trx: Transaction, domainId: string): Promise<void> {
    await this.#tokens.deleteOfDomain(trx, domainId);
    this.#database.afterCommit(trx, () => this.changed());
  }

  /** Users, projects, roles or tokens are no longer what they were: nothing cached is believed, and holders look again. */
  changed(): void {
    this.#generation += 1;
    this.#cache.clear();
    for (const listener of this.#listeners) listener();
  }

  onEnded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async prune(): Promise<void> {
    const gone = await this.#tokens.prune(new Date(this.#now()).toISOString());
    if (gone > 0) this.changed();
  }

  async #resolve(record: TokenRecord): Promise<ResolvedToken | undefined> {
    const { scope } = record;
    const user = await this.#directory.findUser({ id: record.userId });
    const userDomain = user && (await this.#directory.findDomain({ id: user.domain_id }));
    if (!user?.enabled || !userDomain?.enabled) return undefined;
    const project = scope.type === 'project' ? await this.#directory.findProject({ id: scope.id }) : null;
    if (project !== null && !project?.enabled) return undefined;
    const domainId = scope.type === 'domain' ? scope.id : (project?.domain_id ?? project?.id);
    const domain = domainId === undefined ? null : await this.#directory.findDomain({ id: domainId });
    if (domain !== null && !domain?.enabled) return undefined;
    const roles = await this.#assignments.rolesOf(user.id, scope);
    if (scope.type !== 'unscoped' && roles.length === 0) return undefined;
    return { record, user, userDomain, project, domain, roles };
  }

  #remember(resolved: ResolvedToken, generation: number): void {
    if (generation !== this.#generation) return;
    const until = Math.min(this.#now() + CACHED_MS, Date.parse(resolved.record.expiresAt));
    this.#cache.set(resolved.record.hash, { resolved, until });
    if (this.#cache.size > CACHED_TOKENS) this.#cache.delete(this.#cache.keys().next().value ?? '');
  }
}
