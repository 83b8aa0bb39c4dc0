import type { Selectable } from 'kysely';
import type { Queryable } from '../../database/database.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import { withImplied } from '../assignment/with-implied.ts';
import type { ApplicationCredentialRepository } from '../credential/application-credential.repository.ts';
import type { ApplicationCredentialRecord, TrustRecord } from '../credential/credential.tables.ts';
import type { TrustRepository } from '../credential/trust.repository.ts';
import type {
  DirectoryRepository,
  DomainRecord,
  ProjectRecord,
  UserRecord,
} from '../directory/directory.repository.ts';
import type { UserRow } from '../directory/directory.tables.ts';
import { isOver } from '../identity-time.ts';
import type { OAuthRepository } from '../oauth/oauth.repository.ts';
import type { AccessTokenRecord } from '../oauth/oauth.tables.ts';
import type { TokenRecord } from './token.tables.ts';

/** A valid token with what it stands for now. Roles are read when it is resolved, never stored with it. */
export interface ResolvedToken {
  record: TokenRecord;
  user: UserRecord;
  userDomain: DomainRecord;
  /** With a project or domain scope. */
  project: ProjectRecord | null;
  domain: DomainRecord | null;
  roles: { id: string; name: string }[];
  trust: TrustRecord | null;
  applicationCredential: ApplicationCredentialRecord | null;
  accessToken: AccessTokenRecord | null;
}

interface Parts {
  directory: DirectoryRepository;
  assignments: AssignmentRepository;
  trusts: TrustRepository;
  applicationCredentials: ApplicationCredentialRepository;
  oauth: OAuthRepository;
  now: () => number;
}

/** Looks up what a stored token stands for at this moment. */
export class TokenResolver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined when something it stands on is disabled, gone or over. `row` is its user, where that is read already. */
  async resolve(
    record: TokenRecord,
    row: Selectable<UserRow> | undefined,
    query: Queryable,
  ): Promise<ResolvedToken | undefined> {
    const { scope } = record;
    const user = row
      ? this.#parts.directory.toUser(row)
      : await this.#parts.directory.findUser({ id: record.userId }, query);
    if (!user?.enabled) return undefined;
    const ids = [user.domain_id, 'id' in scope ? scope.id : undefined].filter((id) => id !== undefined);
    const projects = await this.#parts.directory.findProjectsWithDomains(ids, query);
    const userDomain = projects.get(user.domain_id);
    if (!userDomain?.enabled) return undefined;
    const project = scope.type === 'project' ? projects.get(scope.id) : null;
    if (project !== null && !project?.enabled) return undefined;
    const domainId = scope.type === 'domain' ? scope.id : (project?.domain_id ?? project?.id);
    const domain = domainId === undefined ? null : projects.get(domainId);
    if (domain !== null && !domain?.enabled) return undefined;

    const trust = record.trustId === null ? null : await this.#trustOf(record.trustId, query);
    if (trust === undefined) return undefined;
    const applicationCredential = await this.#unlessOver(record.applicationCredentialId, (id) =>
      this.#parts.applicationCredentials.find({ id }, query),
    );
    if (applicationCredential === undefined) return undefined;
    const accessToken = await this.#unlessOver(record.accessTokenId, (id) =>
      this.#parts.oauth.findAccessToken(id, query),
    );
    if (accessToken === undefined) return undefined;
    let roles = await this.#parts.assignments.rolesOf(trust?.delegator_user_id ?? user.id, scope, query);
    const handedOn = trust && (await this.#parts.trusts.rolesOf(trust.id, query));
    // As in Keystone: of a trust, it is all that was handed on or nothing.
    if (handedOn?.some((roleId) => roles.every(({ id }) => id !== roleId))) return undefined;
    const delegated = applicationCredential?.roleIds ?? accessToken?.roleIds ?? handedOn;
    if (delegated) {
      const allowed = await withImplied(query, delegated);
      roles = roles.filter(({ id }) => allowed.has(id));
    }
    if (scope.type !== 'unscoped' && roles.length === 0) return undefined;
    return { record, user, userDomain, project, domain, roles, trust, applicationCredential, accessToken };
  }

  /** The trust, where neither it nor those before it are over and everybody concerned may still sign in. */
  async #trustOf(id: string, query: Queryable): Promise<TrustRecord | undefined> {
    const chain = await this.#parts.trusts.chain(id, query);
    const people = chain.flatMap((trust) => [trust.trustor_user_id, trust.trustee_user_id, trust.delegator_user_id]);
    for (const userId of new Set(people)) {
      const user = await this.#parts.directory.findUser({ id: userId }, query);
      const domain = user && (await this.#parts.directory.findDomain({ id: user.domain_id }, query));
      if (!user?.enabled || !domain?.enabled) return undefined;
    }
    return chain.some((trust) => isOver(trust, this.#parts.now())) ? undefined : chain[0];
  }

  /** Null where the token stands on none, undefined where it is gone or over. */
  async #unlessOver<T extends { expires_at: string | null }>(
    id: string | null,
    find: (id: string) => Promise<T | undefined>,
  ): Promise<T | null | undefined> {
    const found = id === null ? null : await find(id);
    return found && isOver(found, this.#parts.now()) ? undefined : found;
  }
}
