import { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import type { ConfigPlace } from './domain-config.service.ts';

const group = z.record(z.string().max(255), z.unknown());
const answer = z.object({ config: z.record(z.string(), z.unknown()) });
/** The whole, one group, one option. */
const PLACES = ['', '/:group', '/:group/:option'] as const;

/** `/v3/domains/{domain_id}/config`. */
export function domainConfigRoutes({ domainConfigs }: IdentityService): RouteDefinition[] {
  const place = ({ group, option }: Record<string, string>): ConfigPlace => ({ group, option });
  return [
    ...PLACES.flatMap((path) => [
      route({
        method: 'GET',
        path: `/v3/domains/config${path}/default`,
        rule: 'identity:get_domain_config_default',
        delegated: ANY_TOKEN,
        answer,
        handler: async ({ params }) => ({ config: domainConfigs.showDefault(place(params)) }),
      }),
      route({
        method: 'GET',
        path: `/v3/domains/:domain_id/config${path}`,
        rule: 'identity:get_domain_config',
        delegated: ANY_TOKEN,
        answer,
        handler: async ({ params }) => ({ config: await domainConfigs.show(params.domain_id, place(params)) }),
      }),
      route({
        method: 'PATCH',
        path: `/v3/domains/:domain_id/config${path}`,
        rule: 'identity:update_domain_config',
        delegated: ANY_TOKEN,
        body: z.strictObject({ config: group }),
        answer,
        handler: async ({ context, params, body }) => ({
          config: await domainConfigs.change(context, params.domain_id, place(params), body.config),
        }),
      }),
      route({
        method: 'DELETE',
        path: `/v3/domains/:domain_id/config${path}`,
        rule: 'identity:delete_domain_config',
        delegated: ANY_TOKEN,
        handler: async ({ context, params }) => await domainConfigs.delete(context, params.domain_id, place(params)),
      }),
    ]),
    ...(['', '/:option'] as const).map((path) =>
      route({
        method: 'GET',
        path: `/v3/domains/:domain_id/config/security_compliance${path}`,
        rule: 'identity:get_security_compliance_domain_config',
        delegated: ANY_TOKEN,
        answer,
        handler: async ({ params }) => ({
          config: domainConfigs.showSecurityCompliance(params.domain_id, params.option),
        }),
      }),
    ),
    route({
      method: 'PUT',
      path: '/v3/domains/:domain_id/config',
      rule: 'identity:create_domain_config',
      delegated: ANY_TOKEN,
      body: z.strictObject({ config: z.record(z.string().max(255), group) }),
      answer,
      handler: async ({ context, params, body, reply }) => {
        const { config, isNew } = await domainConfigs.replace(context, params.domain_id, body.config);
        reply.code(isNew ? 201 : 200);
        return reply.send({ config });
      },
    }),
  ];
}
