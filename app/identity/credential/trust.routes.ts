import { z } from 'zod';
import { paramOf, type RouteDefinition } from '../../http/route.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import { roleViewSchema } from '../assignment/role.schema.ts';
import { toRoleView } from '../assignment/role.view.ts';
import { MANAGES_TRUSTS, SEES_TRUSTS } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo } from '../identity.view.ts';
import { microseconds } from '../identity-time.ts';
import { type KeystoneFrame, keystone, type Target } from '../keystone.routes.ts';
import { callerOf } from './delegation.ts';
import { trustAnswer, trustSchema } from './trust.schema.ts';
import type { ShownTrust } from './trust.service.ts';

const PATH = 'OS-TRUST/trusts';
const partiesSchema = z.object({ trustor_user_id: z.string().optional(), trustee_user_id: z.string().optional() });

/** API reference, "OS-TRUST". */
export function trustRoutes(identity: IdentityService): RouteDefinition[] {
  const { trusts } = identity;
  /** Unlike elsewhere, 404 comes before 403. */
  const target: Target = async (request) => ({
    target: { trust: await trusts.find(paramOf(request, 'trust_id')) },
  });
  const frame: KeystoneFrame<ShownTrust> = {
    ...{
      records: trusts,
      thing: 'trust',
      things: 'trusts',
      path: PATH,
      schema: trustAnswer,
      view: toTrustView,
      target,
    },
  };
  const seen = keystone({ ...frame, delegated: SEES_TRUSTS });
  const managed = keystone({ ...frame, delegated: MANAGES_TRUSTS });
  const roles = keystone<RoleRecord>({
    ...{ thing: 'role', things: 'roles', path: `${PATH}/:trust_id/roles`, schema: roleViewSchema, view: toRoleView },
    ...{ delegated: SEES_TRUSTS, rule: () => 'identity:get_role_for_trust', target },
  });
  return [
    seen.list({
      rule: {
        among: ['identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee'],
        choose: ({ query }) =>
          query.trustor_user_id !== undefined
            ? 'identity:list_trusts_for_trustor'
            : query.trustee_user_id !== undefined
              ? 'identity:list_trusts_for_trustee'
              : 'identity:list_trusts',
      },
      target: async ({ query }) => ({ target: { trust: partyOf(query) } }),
      query: partiesSchema,
      find: ({ query }) => trusts.list(partyOf(query)),
    }),
    managed.create({
      body: trustSchema,
      target: (_request, { trustor_user_id }) => ({ target: { trust: { trustor_user_id } } }),
      make: async (request, sent) => await trusts.create(request.context, await callerOf(identity, request), sent),
    }),
    seen.show(),
    managed.delete(),
    roles.list({
      rule: 'identity:list_roles_for_trust',
      target,
      find: async (request) => (await trusts.get(paramOf(request, 'trust_id'))).roles,
    }),
    roles.show({
      find: async (request, roleId) => {
        const { roles } = await trusts.get(paramOf(request, 'trust_id'));
        const role = roles.find(({ id }) => id === roleId);
        if (!role) throw notFound('role', roleId);
        return role;
      },
    }),
  ];
}

function toTrustView({ roles, extra, created_at: _, delegator_user_id: _of, ...trust }: ShownTrust, origin: string) {
  const path = `${PATH}/${trust.id}`;
  return {
    ...extra,
    ...trust,
    expires_at: trust.expires_at === null ? null : microseconds(trust.expires_at),
    deleted_at: null,
    ...(roles && {
      roles: roles.map((role) => toRoleView(role, origin)),
      roles_links: { ...linkTo(origin, `${path}/roles`), next: null, previous: null },
    }),
    links: linkTo(origin, path),
  };
}

/** Whose trusts are asked for; those of the trustor where both are named. */
function partyOf({ trustor_user_id, trustee_user_id }: z.infer<typeof partiesSchema>) {
  if (trustor_user_id !== undefined) return { trustor_user_id };
  return trustee_user_id === undefined ? {} : { trustee_user_id };
}
