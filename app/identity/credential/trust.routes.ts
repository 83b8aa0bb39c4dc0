import { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import { toRoleView } from '../assignment/role.view.ts';
import { MANAGES_TRUSTS, SEES_TRUSTS } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo, toCollection } from '../identity.view.ts';
import { microseconds } from '../identity-time.ts';
import type { TrustRecord } from './credential.tables.ts';
import { callerOf } from './delegation.ts';
import { createTrustSchema, trustAnswer } from './trust.schema.ts';

const PATH = '/v3/OS-TRUST/trusts';
const filterSchema = z.object({ trustor_user_id: z.string().optional(), trustee_user_id: z.string().optional() });
type Filter = z.infer<typeof filterSchema>;
const roleAnswer = z.looseObject({ id: z.string(), name: z.string() });

/** API reference, "OS-TRUST". */
export function trustRoutes(identity: IdentityService): RouteDefinition[] {
  const { trusts } = identity;
  /** Unlike elsewhere, 404 comes before 403. */
  const target = async ({ params }: { params: { trust_id: string } }) => ({
    target: { trust: await trusts.find(params.trust_id) },
  });
  const found = async ({ params }: { params: { trust_id: string } }) => await trusts.get(params.trust_id);
  return [
    route({
      method: 'GET',
      path: PATH,
      rule: {
        among: ['identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee'],
        choose: ({ query }) =>
          query.trustor_user_id !== undefined
            ? 'identity:list_trusts_for_trustor'
            : query.trustee_user_id !== undefined
              ? 'identity:list_trusts_for_trustee'
              : 'identity:list_trusts',
      },
      delegated: SEES_TRUSTS,
      target: async ({ query }) => ({ target: { trust: partyOf(query) } }),
      query: filterSchema,
      answer: z.object({ trusts: z.array(trustAnswer), links: z.unknown() }),
      handler: async (request) => {
        const { query, origin, raw } = request;
        const records = await trusts.list(partyOf(query));
        const views = records.map((record) => toTrustView(record, origin));
        return toCollection('trusts', views, origin + raw.url);
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      rule: 'identity:create_trust',
      delegated: MANAGES_TRUSTS,
      target: async ({ body }) => ({ target: { trust: { trustor_user_id: body.trust.trustor_user_id } } }),
      body: createTrustSchema,
      status: 201,
      answer: z.object({ trust: trustAnswer }),
      handler: async (request) => {
        const { context, body, origin } = request;
        const { trust, roles } = await trusts.create(context, await callerOf(identity, request), body.trust);
        return { trust: toTrustView(trust, origin, roles) };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:trust_id`,
      rule: 'identity:get_trust',
      delegated: SEES_TRUSTS,
      target,
      answer: z.object({ trust: trustAnswer }),
      handler: async (request) => {
        const { trust, roles } = await found(request);
        return { trust: toTrustView(trust, request.origin, roles) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/:trust_id`,
      rule: 'identity:delete_trust',
      delegated: MANAGES_TRUSTS,
      target,
      handler: async (request) => {
        await trusts.delete(request.context, request.params.trust_id);
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:trust_id/roles`,
      rule: 'identity:list_roles_for_trust',
      delegated: SEES_TRUSTS,
      target,
      answer: z.object({ roles: z.array(roleAnswer), links: z.unknown() }),
      handler: async (request) => {
        const { trust, roles } = await found(request);
        const views = roles.map((role) => toRoleView(role, request.origin));
        return { roles: views, links: rolesLinks(trust, request.origin) };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:trust_id/roles/:role_id`,
      rule: 'identity:get_role_for_trust',
      delegated: SEES_TRUSTS,
      target,
      answer: z.object({ role: roleAnswer }),
      handler: async (request) => {
        const { roles } = await found(request);
        const role = roles.find(({ id }) => id === request.params.role_id);
        if (!role) throw notFound('role', request.params.role_id);
        return { role: toRoleView(role, request.origin) };
      },
    }),
  ];
}

/** Lists have no roles. */
function toTrustView(trust: TrustRecord, origin: string, roles?: RoleRecord[]) {
  return {
    ...trust.extra,
    id: trust.id,
    trustor_user_id: trust.trustor_user_id,
    trustee_user_id: trust.trustee_user_id,
    project_id: trust.project_id,
    impersonation: trust.impersonation,
    expires_at: trust.expires_at === null ? null : microseconds(trust.expires_at),
    remaining_uses: trust.remaining_uses,
    redelegation_count: trust.redelegation_count,
    redelegated_trust_id: trust.redelegated_trust_id,
    deleted_at: null,
    ...(roles && {
      roles: roles.map((role) => toRoleView(role, origin)),
      roles_links: rolesLinks(trust, origin),
    }),
    links: linkTo(origin, `OS-TRUST/trusts/${trust.id}`),
  };
}

function rolesLinks({ id }: TrustRecord, origin: string) {
  return { ...linkTo(origin, `OS-TRUST/trusts/${id}/roles`), next: null, previous: null };
}

/** Whose trusts are asked for; those of the trustor where both are named. */
function partyOf({ trustor_user_id, trustee_user_id }: Filter) {
  if (trustor_user_id !== undefined) return { trustor_user_id };
  return trustee_user_id === undefined ? {} : { trustee_user_id };
}
