import { z } from 'zod';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { collectionSchema } from '../identity.schema.ts';
import { toCollection } from '../identity.view.ts';
import { type KeystoneRoutes, recordSchema, recordView } from '../keystone.routes.ts';
import type { CatalogService } from './catalog.service.ts';
import type { EndpointRecord, PolicyRecord } from './catalog.tables.ts';
import type { PolicyTarget } from './policy-association.service.ts';

const OF_POLICY = '/v3/policies/:policy_id/OS-ENDPOINT-POLICY';
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
          path: `${OF_POLICY}/${below}`,
          rule: `identity:${verb}_policy_association_for_${target}`,
          delegated: ANY_TOKEN,
          handler: async (request) => await associations[work](...asked(request)),
        }),
      ),
    ),
    route({
      method: 'GET',
      path: `${OF_POLICY}/endpoints`,
      rule: 'identity:list_endpoints_for_policy',
      delegated: ANY_TOKEN,
      answer: collectionSchema('endpoints', recordSchema(endpoints)),
      handler: async ({ params, origin, raw }) => {
        const found = await associations.endpointsOf(params.policy_id);
        const views = found.map((one) => recordView(endpoints, one, origin));
        return toCollection('endpoints', views, origin + raw.url);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/endpoints/:endpoint_id/OS-ENDPOINT-POLICY/policy',
      rule: 'identity:get_policy_for_endpoint',
      delegated: ANY_TOKEN,
      answer: z.object({ policy: recordSchema(policies) }),
      handler: async ({ params, origin }) => ({
        policy: recordView(policies, await associations.policyOf(params.endpoint_id), origin),
      }),
    }),
  ];
}
