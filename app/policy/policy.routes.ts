import { policySchema, rightsSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { PolicyService } from './policy.service.ts';
import type { PolicyFile } from './policy-file.ts';

/** `/v1/rights` of whoever asks, and `/v1/policy`, the rules as they hold. */
export function policyRoutes({
  policy,
  policyFile,
}: {
  policy: PolicyService;
  policyFile: PolicyFile;
}): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/rights',
      rule: 'v1:rights:show',
      answer: rightsSchema,
      handler: async ({ context }) => ({ rights: policy.rights(context) }),
    }),
    route({
      method: 'GET',
      path: '/policy',
      rule: 'v1:policy:show',
      answer: policySchema,
      handler: async () => ({ ...policyFile.state, rules: policy.describe() }),
    }),
  ];
}
