import { UserError } from '../../contract/errors.ts';
import type { Queryable } from '../../database/database.ts';
import { paramOf, type RouteDefinition, type RuleChoice } from '../../http/route.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import { alreadyStored, notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { changing, keystone } from '../keystone.routes.ts';
import { assertMayDelete, assertMayUpdate, mergeOptions } from '../resource-options.ts';
import { type RoleRecord, roles } from './assignment.tables.ts';
import { listRolesSchema, roleChangeSchema, roleSchema } from './role.schema.ts';
import { ROLE } from './role.view.ts';

type Parts = ResourceParts & Pick<IdentityParts, 'directory' | 'tokens'>;

/** Roles (Keystone API reference, "Roles"). With one go its assignments and rules of implication; tokens have it no more. */
export class Roles extends KeystoneResource<RoleRecord> {
  constructor({ directory, tokens, ...parts }: Parts) {
    super(
      {
        table: roles,
        thing: 'role',
        defaults: { domain_id: null, name: '', description: null, options: {} },
        extra: { known: [] },
        filters: ['name'],
        told: ({ name }) => ({ payload: { name } }),
        unique: [{ attributes: ['domain_id', 'name'], taken: nameTaken }],
        refine,
        check: async (trx, { domain_id }) => {
          if (domain_id !== null && !(await directory.findDomain({ id: domain_id }, trx))) {
            throw notFound('domain', domain_id);
          }
        },
        checkDelete: async (_trx, role) => assertMayDelete('role', role),
        changed: () => tokens.changed(),
      },
      parts,
    );
  }

  /** Those of them that are there, by name. */
  async findMany(ids: readonly string[], on?: Queryable): Promise<RoleRecord[]> {
    if (ids.length === 0) return [];
    const where = [{ attribute: 'id', is: 'in' as const, value: ids }];
    return await this.list({ where, sort: [{ attribute: 'name', direction: 'asc' }] }, on);
  }
}

function nameTaken({ name, domain_id }: RoleRecord): UserError {
  const place = domain_id === null ? '' : ` at domain ID ${domain_id}`;
  return alreadyStored('role', `Duplicate entry found with name ${name}${place}`);
}

function refine(sent: Sent, stored: RoleRecord | undefined): Sent {
  if (stored) assertMayUpdate('role', stored, sent);
  if (stored && sent.domain_id !== undefined && sent.domain_id !== stored.domain_id) {
    throw new UserError('bad_request', 'Update of `domain_id` is not allowed.', { field: 'role.domain_id' });
  }
  return { ...sent, options: mergeOptions<RoleRecord['options']>(stored?.options ?? {}, sent.options as object) };
}

/** `/v3/roles`: those of no domain unless one is named. Who may is the policy's to say. */
export function plainRoleRoutes(roles: Roles): RouteDefinition[] {
  const of = keystone<RoleRecord>({
    records: roles,
    ...ROLE,
    rule: roleRule,
    target: async (request) => {
      const role = await roles.find(paramOf(request, 'role_id'));
      return role ? { target: { role } } : {};
    },
  });
  return [
    of.list({
      rule: {
        among: ['identity:list_roles', 'identity:list_domain_roles'],
        choose: ({ query }) => (query.domain_id ? 'identity:list_domain_roles' : 'identity:list_roles'),
      },
      query: listRolesSchema,
      find: ({ query }) => roles.seek(query, { is: { domain_id: query.domain_id ?? null } }),
    }),
    of.create({
      body: roleSchema,
      target: (_request, role) => ({ target: { role } }),
      make: ({ context }, sent) => roles.make(context, sent),
    }),
    of.show(),
    of.update({ body: changing(roleChangeSchema), change: ({ context }, id, sent) => roles.change(context, id, sent) }),
    of.delete(),
  ];
}

/** Roles of one domain have rules of their own, in place of those for roles of all. */
function roleRule(verb: 'create' | 'get' | 'update' | 'delete'): RuleChoice {
  const [ofAll, ofDomain] = [`identity:${verb}_role`, `identity:${verb}_domain_role`];
  return {
    among: [ofAll, ofDomain],
    choose: (_request, { target }) => ((target as RoleTarget | undefined)?.role.domain_id ? ofDomain : ofAll),
  };
}
interface RoleTarget {
  role: { domain_id?: string | null };
}
