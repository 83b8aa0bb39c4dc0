import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import { Resource, type ResourceParts } from '../../resource/resource.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import type { Roles } from '../assignment/role.resource.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import { parseExpiry } from '../identity-time.ts';
import type { ResolvedToken } from '../token/token.service.ts';
import { type TrustRecord, trusts } from './credential.tables.ts';
import { isUsable, type TrustRepository } from './trust.repository.ts';
import type { NewTrust } from './trust.schema.ts';

/** Keystone's `[trust] max_redelegation_count`. */
const MAX_REDELEGATIONS = 3;

interface Parts extends ResourceParts, Pick<IdentityParts, 'directory' | 'assignments' | 'tokens' | 'now'> {
  trusts: TrustRepository;
  roles: Roles;
}
/** Lists tell no roles. */
export type ShownTrust = TrustRecord & { roles?: RoleRecord[] };

/** Trusts: a user's roles on a project handed to another user, for a time or a number of uses (OS-TRUST). */
export class TrustService {
  readonly #parts: Parts;
  readonly #records: Resource<TrustRecord>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#records = new Resource<TrustRecord>(
      {
        table: trusts,
        notFound: (id) => notFound('trust', id),
        events: { created: 'identity.OS-TRUST:trust.created', deleted: 'identity.OS-TRUST:trust.deleted' },
        told: ({ project_id }) => ({ projectId: project_id }),
        checkDelete: async (_trx, trust) => this.#assertUsable(trust),
        // And with it those redelegated from it, and all their tokens.
        deleting: (trx, { id }) => parts.tokens.endOfTrust(trx, id),
      },
      parts,
    );
  }

  /** 404 where it is not there, has expired or is used up. */
  async find(id: string): Promise<TrustRecord> {
    const trust = await this.#records.get(id);
    this.#assertUsable(trust);
    return trust;
  }

  /** The oldest first. */
  async list(is: Partial<TrustRecord>): Promise<ShownTrust[]> {
    return await this.#records.list({ is, sort: [{ attribute: 'created_at', direction: 'asc' }] });
  }

  async get(id: string): Promise<TrustRecord & { roles: RoleRecord[] }> {
    const trust = await this.find(id);
    return { ...trust, roles: await this.#parts.roles.findMany(await this.#parts.trusts.rolesOf(id)) };
  }

  /** The caller is the trustor; with a token that is itself of a trust, it is handed on from that one. */
  async create(context: Context, caller: ResolvedToken, wanted: NewTrust): Promise<ShownTrust> {
    const { database, directory, now } = this.#parts;
    const {
      trustor_user_id,
      trustee_user_id,
      impersonation,
      project_id = null,
      roles: names = [],
      expires_at,
      remaining_uses = null,
      allow_redelegation,
      redelegation_count,
      redelegated_trust_id: _,
      ...extra
    } = wanted;
    if (project_id && names.length === 0) throw notAuthorized('At least one role should be specified');
    if (caller.user.id !== trustor_user_id) throw notAuthorized('The authenticated user should match the trustor');
    if (!(await directory.findUser({ id: trustee_user_id }))) throw notFound('user', trustee_user_id);
    if (project_id && !(await directory.findProject({ id: project_id }))) throw notFound('project', project_id);
    const delegator = caller.trust?.delegator_user_id ?? trustor_user_id;
    const roles = await this.#rolesFor(delegator, project_id, names);
    const trust: TrustRecord = {
      id: newIdentityId(),
      trustor_user_id,
      trustee_user_id,
      delegator_user_id: delegator,
      project_id: project_id || null,
      impersonation,
      expires_at: expires_at ? parseExpiry(expires_at, 'expires_at', now()) : null,
      remaining_uses,
      redelegation_count: depthOf(wanted),
      redelegated_trust_id: caller.trust?.id ?? null,
      extra,
      created_at: new Date(now()).toISOString(),
    };
    if (caller.trust) await this.#redelegate(trust, caller.trust, wanted, roles);
    await database.transaction(async (trx) => {
      await this.#records.add(trx, context, trust);
      await this.#parts.trusts.handOn(
        trx,
        trust.id,
        roles.map(({ id }) => id),
      );
    });
    return { ...trust, roles };
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  #assertUsable(trust: TrustRecord): void {
    if (!isUsable(trust, this.#parts.now())) throw notFound('trust', trust.id);
  }

  /** 404 where a role is not there or the one whose roles they are lacks it, as in Keystone. */
  async #rolesFor(userId: string, projectId: string | null, wanted: NonNullable<NewTrust['roles']>) {
    const held = projectId ? await this.#parts.assignments.rolesOf(userId, { type: 'project', id: projectId }) : [];
    const ids = wanted.map(({ id, name }) => {
      const role = held.find((one) => (id === undefined ? one.name === name : one.id === id));
      if (!role) throw notFound('role', id ?? name ?? '');
      return role.id;
    });
    return await this.#parts.roles.findMany([...new Set(ids)]);
  }

  async #redelegate(trust: TrustRecord, from: TrustRecord, wanted: NewTrust, roles: RoleRecord[]): Promise<void> {
    const left = from.redelegation_count - 1;
    if (trust.redelegation_count > 0) {
      if (wanted.redelegation_count && wanted.redelegation_count !== left) {
        throw forbidden('Modifying "redelegation_count" upon redelegation is forbidden. Omit this parameter.');
      }
      trust.redelegation_count = left;
    }
    for (const parent of await this.#parts.trusts.chain(from.id)) {
      if (parent.redelegation_count <= 0 || parent.redelegation_count > MAX_REDELEGATIONS) {
        throw forbidden(
          `Remaining redelegation depth of ${parent.redelegation_count} out of allowed range of [0..${MAX_REDELEGATIONS}]`,
        );
      }
      if (trust.remaining_uses !== null) {
        throw forbidden('Field "remaining_uses" must not be set in order to redelegate a trust');
      }
      const end = parent.expires_at;
      trust.expires_at ??= end;
      if (end !== null && trust.expires_at !== null && Date.parse(trust.expires_at) > Date.parse(end)) {
        throw forbidden('Requested expiration time is more than redelegated trust can provide');
      }
      const given = new Set(await this.#parts.trusts.rolesOf(parent.id));
      if (!roles.every(({ id }) => given.has(id))) {
        throw forbidden('Some of requested roles are not in redelegated trust');
      }
      if (trust.project_id !== parent.project_id) throw forbidden('The redelegated trust is for another project');
      if (trust.impersonation && !parent.impersonation) {
        throw forbidden(
          `Impersonation is not allowed because redelegated trust does not specify impersonation. Redelegated trust id: ${parent.id}`,
        );
      }
    }
  }
}

/** How often it may be handed on; 0 unless that is allowed. */
function depthOf({ allow_redelegation, redelegation_count, remaining_uses }: NewTrust): number {
  if (!allow_redelegation || redelegation_count === 0) return 0;
  if (redelegation_count && redelegation_count > MAX_REDELEGATIONS) {
    throw forbidden(
      `Requested redelegation depth of ${redelegation_count} is greater than allowed ${MAX_REDELEGATIONS}`,
    );
  }
  if (remaining_uses != null) {
    throw new UserError('bad_request', 'remaining_uses must not be set if redelegation is allowed', {
      field: 'trust.remaining_uses',
    });
  }
  return redelegation_count ?? MAX_REDELEGATIONS;
}

function forbidden(message: string): UserError {
  return new UserError('forbidden', message);
}
