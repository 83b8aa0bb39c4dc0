import { UserError } from '../../contract/errors.ts';
import type { TrustRecord } from '../credential/credential.tables.ts';
import { isUsable, type TrustRepository } from '../credential/trust.repository.ts';
import { expecting, notAuthenticated, notAuthorized } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { AuthRequest } from './auth.schema.ts';
import { domainKey } from './auth-method.ts';
import type { Scope } from './token.ts';

interface Parts extends Pick<IdentityParts, 'directory' | 'assignments' | 'now'> {
  trusts: TrustRepository;
}

/** What `auth.scope` asks for. */
export class ScopeFinder {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async find(asked: AuthRequest['scope'], userId: string): Promise<{ scope: Scope; trust?: TrustRecord }> {
    if (asked === undefined) return { scope: await this.#defaultScope(userId) };
    if (asked === 'unscoped') return { scope: { type: 'unscoped' } };
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    if (given.length !== 1) throw expecting('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
    if (asked.system) return { scope: { type: 'system' } };
    if (asked.domain) {
      const domain = await this.#parts.directory.findDomain(domainKey(asked.domain));
      if (!domain) throw notAuthenticated();
      return { scope: { type: 'domain', id: domain.id } };
    }
    if (asked['OS-TRUST:trust']) return await this.#trustScope(asked['OS-TRUST:trust'].id, userId);
    return { scope: asked.project ? await this.#projectScope(asked.project) : { type: 'unscoped' } };
  }

  async #projectScope({
    id,
    name,
    domain,
  }: NonNullable<Exclude<AuthRequest['scope'], string | undefined>['project']>): Promise<Scope> {
    if (name === undefined) return { type: 'project', id: id ?? '' };
    if (!domain) throw expecting('domain', 'project');
    const found = await this.#parts.directory.findDomain(domainKey(domain));
    const project = found && (await this.#parts.directory.findProject({ name, domainId: found.id }));
    if (!project) throw notAuthenticated();
    return { type: 'project', id: project.id };
  }

  async #trustScope(id: string, userId: string): Promise<{ scope: Scope; trust: TrustRecord }> {
    const trust = await this.#parts.trusts.find(id);
    if (!trust || !isUsable(trust, this.#parts.now())) throw notAuthenticated();
    if (trust.trustee_user_id !== userId) throw new UserError('forbidden', 'User is not a trustee.');
    const parents = (await this.#parts.trusts.chain(id)).slice(1);
    if (!parents.every((parent) => isUsable(parent, this.#parts.now()))) throw notAuthorized();
    return {
      trust,
      scope: trust.project_id === null ? { type: 'unscoped' } : { type: 'project', id: trust.project_id },
    };
  }

  /** Without a scope in the request it is the user's default project, where that can be used. */
  async #defaultScope(userId: string): Promise<Scope> {
    const user = await this.#parts.directory.findUser({ id: userId });
    if (!user?.default_project_id) return { type: 'unscoped' };
    const project = await this.#parts.directory.findProject({ id: user.default_project_id });
    const domain = project && (await this.#parts.directory.findDomain({ id: project.domain_id ?? project.id }));
    if (!project?.enabled || !domain?.enabled) return { type: 'unscoped' };
    const scope: Scope = { type: 'project', id: project.id };
    return (await this.#parts.assignments.rolesOf(user.id, scope)).length > 0 ? scope : { type: 'unscoped' };
  }
}
