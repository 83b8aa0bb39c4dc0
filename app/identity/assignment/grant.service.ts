import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Queryable, Transaction } from '../../database/database.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { Scope } from '../token/token.ts';
import type { Grant } from './assignment.repository.ts';
import type { RoleRecord } from './assignment.tables.ts';
import type { Roles } from './role.resource.ts';

interface Parts extends Pick<IdentityParts, 'database' | 'events' | 'tokens' | 'assignments'> {
  roles: Roles;
}

/** Giving roles to users and groups on projects, domains and the system (Keystone API reference, "Roles"). */
export class GrantService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the policy's rules look at: the role and both sides, as far as they are there. */
  async targetOf(grant: Grant, roleId: string | undefined): Promise<Attributes> {
    const role = roleId === undefined ? undefined : await this.#parts.roles.find(roleId);
    return { target: { ...(role && { role }), ...(await this.#parts.assignments.sidesOf(grant)) } };
  }

  async list(grant: Grant): Promise<RoleRecord[]> {
    await this.#assertSides(grant);
    return await this.#parts.roles.findMany(await this.#parts.assignments.rolesIn(grant));
  }

  /** 404 where the role is not assigned there, in just this way. */
  async check(grant: Grant, roleId: string): Promise<void> {
    await this.#role(roleId);
    await this.#assertSides(grant);
    if (!(await this.#parts.assignments.rolesIn(grant)).includes(roleId)) throw notAssigned(grant, roleId);
  }

  /** Doing it twice is no fault, and nothing that happened. */
  async create(context: Context, grant: Grant, roleId: string): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      const role = await this.#role(roleId, trx);
      const sides = await this.#assertSides(grant, trx);
      if (role.domain_id !== null) assertFits(role, sides.project, grant);
      if (await this.#parts.assignments.insert(trx, grant, roleId))
        await this.#tell(trx, context, grant, role, 'created');
      this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
    });
  }

  /**
   * Tokens on just this scope end for good; what else stood on an inherited grant has lost the role, and is nothing
   * any more where it was the only one.
   */
  async revoke(context: Context, grant: Grant, roleId: string): Promise<void> {
    const role = await this.#role(roleId);
    await this.#parts.database.transaction(async (trx) => {
      if (!(await this.#parts.assignments.delete(trx, grant, roleId))) throw notAssigned(grant, roleId);
      if (grant.inherited) this.#parts.database.afterCommit(trx, () => this.#parts.tokens.changed());
      else await this.#parts.tokens.end(trx, { ...holderOf(grant), scope: scopeOf(grant) });
      await this.#tell(trx, context, grant, role, 'deleted');
    });
  }

  /** Whoever works in the project hears of it, and in names: most of them may not look people up. */
  async #tell(
    trx: Transaction,
    context: Context,
    grant: Grant,
    role: RoleRecord,
    verb: 'created' | 'deleted',
  ): Promise<void> {
    const { actor, target, inherited } = grant;
    const { user, group, project, domain } = await this.#parts.assignments.sidesOf(grant, trx);
    await this.#parts.events.record(trx, context, {
      type: `identity.role_assignment.${verb}`,
      resourceId: idOf(actor),
      projectId: 'project_id' in target ? (target.project_id ?? null) : null,
      payload: {
        ...actor,
        ...target,
        role_id: role.id,
        inherited_to_projects: inherited,
        name: user?.name ?? group?.name,
        role_name: role.name,
        target_name: project?.name ?? domain?.name,
        initiator_name: context.userName,
      },
    });
  }

  async #role(id: string, on?: Queryable): Promise<RoleRecord> {
    const role = await this.#parts.roles.find(id, on);
    if (!role) throw notFound('role', id);
    return role;
  }

  async #assertSides(grant: Grant, on?: Queryable) {
    const sides = await this.#parts.assignments.sidesOf(grant, on);
    for (const [side, id] of Object.entries({ ...grant.actor, ...grant.target })) {
      const thing = side.slice(0, -'_id'.length) as keyof typeof sides;
      if (!sides[thing]) throw notFound(thing, id);
    }
    return sides;
  }
}

/** Roles of a domain are for its own projects, and never for the system. */
function assertFits(role: RoleRecord, project: { domain_id: string | null } | undefined, { target }: Grant): void {
  if ('project_id' in target && project?.domain_id !== role.domain_id) {
    throw new UserError(
      'forbidden',
      `Project ${target.project_id} must be in the same domain as the role ${role.id} being assigned.`,
    );
  }
  if (!('project_id' in target) && !('domain_id' in target)) {
    throw new UserError(
      'bad_request',
      `Role ${role.id} is a domain-specific role. Unable to use a domain-specific role in a system assignment.`,
      { field: 'role_id' },
    );
  }
}

function holderOf({ actor }: Grant): { userId: string } | { groupId: string } {
  return 'user_id' in actor ? { userId: actor.user_id } : { groupId: actor.group_id };
}

function scopeOf({ target }: Grant): Scope {
  if ('project_id' in target && target.project_id) return { type: 'project', id: target.project_id };
  return 'domain_id' in target && target.domain_id ? { type: 'domain', id: target.domain_id } : { type: 'system' };
}

function idOf(side: object): string {
  return Object.values(side)[0] ?? 'system';
}

function notAssigned({ actor, target }: Grant, roleId: string): UserError {
  return new UserError(
    'not_found',
    `Could not find role assignment with role: ${roleId}, user or group: ${idOf(actor)}, project, domain, or system: ${idOf(target)}.`,
  );
}
