import { z } from 'zod';
import { paramOf, type RouteDefinition } from '../../http/route.ts';
import { handedOnRoutes } from '../assignment/role.routes.ts';
import { ROLE } from '../assignment/role.view.ts';
import { MANAGES_TRUSTS, SEES_TRUSTS } from '../delegated-access.ts';
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
    records: trusts,
    ...{ thing: 'trust', things: 'trusts', path: PATH, schema: trustAnswer, view: toTrustView },
    target,
  };
  const seen = keystone({ ...frame, delegated: SEES_TRUSTS });
  const managed = keystone({ ...frame, delegated: MANAGES_TRUSTS });
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
    ...handedOnRoutes({
      path: `${PATH}/:trust_id`,
      rules: { list: 'identity:list_roles_for_trust', get: 'identity:get_role_for_trust' },
      ...{ target, delegated: SEES_TRUSTS },
      rolesOf: async (request) => (await trusts.get(paramOf(request, 'trust_id'))).roles,
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
      roles: roles.map((role) => ROLE.view(role, origin)),
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
