import { UserError } from '../../contract/errors.ts';
import type { AssignmentRepository } from '../assignment/assignment.repository.ts';
import type { DirectoryRepository, UserRecord } from '../directory/directory.repository.ts';
import type { UserPasswordService } from '../directory/user-password.service.ts';
import { expecting, notAuthenticated, notAuthorized, passwordExpired } from '../identity.errors.ts';
import type { AuthRequest } from './auth.schema.ts';
import type { TokenRecord } from './token.repository.ts';
import type { ResolvedToken, TokenService } from './token.service.ts';
import type { Scope } from './token.ts';

type Domain = { id?: string | undefined; name?: string | undefined };

/** `POST /v3/auth/tokens`: proves who it is, finds the scope, issues the token. Every failure reads the same. */
export class SignInService {
  readonly #directory: DirectoryRepository;
  readonly #assignments: AssignmentRepository;
  readonly #tokens: TokenService;
  readonly #passwords: UserPasswordService;

  constructor(parts: {
    directory: DirectoryRepository;
    assignments: AssignmentRepository;
    tokens: TokenService;
    passwords: UserPasswordService;
  }) {
    this.#directory = parts.directory;
    this.#assignments = parts.assignments;
    this.#tokens = parts.tokens;
    this.#passwords = parts.passwords;
  }

  async signIn(auth: AuthRequest, address: string): Promise<{ token: string; resolved: ResolvedToken }> {
    const methods = [...new Set(auth.identity.methods)];
    let userId: string | undefined;
    let parent: TokenRecord | null = null;
    const proven = new Set(methods);
    for (const method of methods) {
      if (method === 'password') {
        userId = sameUser(userId, await this.#byPassword(auth.identity.password, address));
      } else if (method === 'token') {
        const resolved = await this.#byToken(auth.identity.token);
        userId = sameUser(userId, resolved.user.id);
        parent = resolved.record;
        for (const earlier of parent.methods) proven.add(earlier);
      } else {
        throw notAuthenticated();
      }
    }
    const scope = await this.#scopeOf(auth.scope, userId);
    if (userId === undefined) throw notAuthenticated();
    if (parent?.scope.type === 'system' && (scope.type === 'project' || scope.type === 'domain')) {
      throw notAuthorized(
        'Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed',
      );
    }
    const issued = await this.#tokens.issue({ userId, scope, methods: [...proven], parent });
    if (!issued) throw notAuthenticated();
    return issued;
  }

  async #byPassword(method: AuthRequest['identity']['password'], address: string): Promise<string> {
    if (!method) throw expecting('password', 'identity');
    const { id, name, domain, password = '' } = method.user;
    let user: UserRecord | undefined;
    let account = `id ${id}`;
    if (name !== undefined) {
      if (!domain) throw expecting('domain', 'user');
      account = `name ${domain.id ?? ''} ${domain.name ?? ''} ${name}`;
      const found = await this.#directory.findDomain(domainKey(domain));
      user = found?.enabled ? await this.#directory.findUser({ name, domainId: found.id }) : undefined;
    } else if (id !== undefined) {
      user = await this.#directory.findUser({ id });
      const found = user && (await this.#directory.findDomain({ id: user.domain_id }));
      if (!found?.enabled) user = undefined;
    }
    const outcome = await this.#passwords.check({ user, account, address, password });
    if (user && outcome === 'expired') throw passwordExpired(user.id);
    if (!user || outcome !== 'ok') throw notAuthenticated();
    return user.id;
  }

  async #byToken(method: AuthRequest['identity']['token']): Promise<ResolvedToken> {
    if (!method) throw expecting('token', 'identity');
    const resolved = await this.#tokens.validate(method.id);
    // Keystone answers 404 here; the token itself is not repeated.
    if (!resolved) throw new UserError('not_found', 'Failed to validate token');
    return resolved;
  }

  async #scopeOf(asked: AuthRequest['scope'], userId: string | undefined): Promise<Scope> {
    if (asked === undefined) return await this.#defaultScope(userId);
    if (asked === 'unscoped') return { type: 'unscoped' };
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    if (given.length !== 1) throw expecting('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
    if (asked.system) return { type: 'system' };
    if (asked.domain) {
      const domain = await this.#directory.findDomain(domainKey(asked.domain));
      if (!domain) throw notAuthenticated();
      return { type: 'domain', id: domain.id };
    }
    if (!asked.project) return { type: 'unscoped' };
    const { id, name, domain } = asked.project;
    if (name === undefined) return { type: 'project', id: id ?? '' };
    if (!domain) throw expecting('domain', 'project');
    const found = await this.#directory.findDomain(domainKey(domain));
    const project = found && (await this.#directory.findProject({ name, domainId: found.id }));
    if (!project) throw notAuthenticated();
    return { type: 'project', id: project.id };
  }

  /** Without a scope in the request it is the user's default project, where that can be used. */
  async #defaultScope(userId: string | undefined): Promise<Scope> {
    const user = userId === undefined ? undefined : await this.#directory.findUser({ id: userId });
    if (!user?.default_project_id) return { type: 'unscoped' };
    const project = await this.#directory.findProject({ id: user.default_project_id });
    const domain = project && (await this.#directory.findDomain({ id: project.domain_id ?? project.id }));
    if (!project?.enabled || !domain?.enabled) return { type: 'unscoped' };
    const scope: Scope = { type: 'project', id: project.id };
    return (await this.#assignments.rolesOf(user.id, scope)).length > 0 ? scope : { type: 'unscoped' };
  }
}

/** Two methods in one request must prove the same user. */
function sameUser(known: string | undefined, proven: string): string {
  if (known !== undefined && known !== proven) throw notAuthenticated();
  return proven;
}

function domainKey(domain: Domain): { id: string } | { name: string } {
  return domain.name === undefined ? { id: domain.id ?? '' } : { name: domain.name };
}
