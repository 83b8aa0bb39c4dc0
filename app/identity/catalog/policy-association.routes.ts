import { z } from 'zod';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { type KeystoneRoutes, keystone, shownAs } from '../keystone.routes.ts';
import type { CatalogService } from './catalog.service.ts';
import type { EndpointRecord, PolicyRecord } from './catalog.tables.ts';
import type { PolicyTarget } from './policy-association.service.ts';

const OF_POLICY = 'policies/:policy_id/OS-ENDPOINT-POLICY';
const TARGETS = [
  ['endpoint', 'endpoints/:endpoint_id'],
  ['service', 'services/:service_id'],
  ['region_and_service', 'services/:service_id/regions/:region_id'],
] as const;

/** Which policy is for which endpoints (Keystone API reference, OS-ENDPOINT-POLICY). */
export function policyAssociationRoutes(
  { associations }: CatalogService,
  endpoints: KeystoneRoutes<EndpointRecord>,
  policies: KeystoneRoutes<PolicyRecord>,
): RouteDefinition[] {
  const asked = (request: ApiRequest<unknown, unknown>): [string, PolicyTarget] => {
    const params: Record<string, string | undefined> = request.params;
    const { endpoint_id = null, service_id = null, region_id = null } = params;
    return [paramOf(request, 'policy_id'), { endpoint_id, service_id, region_id }];
  };
  const policy = shownAs(policies);
  const verbs = [
    ['PUT', 'create', 'set'],
    ['GET', 'check', 'check'],
    ['DELETE', 'delete', 'remove'],
  ] as const;
  return [
    ...TARGETS.flatMap(([target, below]) =>
      verbs.map(([method, verb, work]) =>
        route({
          method,
          path: `/v3/${OF_POLICY}/${below}`,
          rule: `identity:${verb}_policy_association_for_${target}`,
          delegated: ANY_TOKEN,
          handler: async (request) => await associations[work](...asked(request)),
        }),
      ),
    ),
    keystone({ ...shownAs(endpoints), path: `${OF_POLICY}/endpoints` }).list({
      rule: 'identity:list_endpoints_for_policy',
      find: (request) => associations.endpointsOf(paramOf(request, 'policy_id')),
    }),
    route({
      method: 'GET',
      path: '/v3/endpoints/:endpoint_id/OS-ENDPOINT-POLICY/policy',
      rule: 'identity:get_policy_for_endpoint',
      delegated: ANY_TOKEN,
      answer: z.object({ policy: policy.schema }),
      handler: async ({ params, origin }) => ({
        policy: policy.view(await associations.policyOf(params.endpoint_id), origin),
      }),
    }),
  ];
}
