import { z } from 'zod';
import { paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo } from '../identity.view.ts';
import { type KeystoneRoutes, keystone, keystoneChanges, keystoneOf } from '../keystone.routes.ts';
import {
  limitChangeSchema,
  limitQuery,
  limitWithLinks,
  newLimitSchema,
  REGISTERED_LIMIT_FILTERS,
  registeredLimitChangeSchema,
  registeredLimitSchema,
  registeredLimitShape,
} from './limit.schema.ts';
import type { LimitRecord } from './limit.service.ts';
import type { RegisteredLimitRecord } from './limit.tables.ts';
import { toLimitView } from './limit.view.ts';

/** Keystone's other model looks at trees of projects; see keystone.limit.models. */
const MODEL = {
  name: 'flat',
  description: 'A limit holds for one project or domain; what is above or below it counts for nothing.',
};

/** `/v3/registered_limits` and `/v3/limits`. */
export function limitRoutes({ limits }: IdentityService): RouteDefinition[] {
  const registered: KeystoneRoutes<RegisteredLimitRecord> = {
    records: limits.registered,
    thing: 'registered_limit',
    things: 'registered_limits',
    filters: REGISTERED_LIMIT_FILTERS,
    create: registeredLimitSchema,
    update: registeredLimitChangeSchema,
    shape: registeredLimitShape,
  };
  const of = keystone<LimitRecord>({
    records: limits,
    thing: 'limit',
    things: 'limits',
    schema: limitWithLinks,
    view: (limit, origin) => ({ ...toLimitView(limit), links: linkTo(origin, `limits/${limit.id}`) }),
  });
  return [
    ...keystoneChanges(registered),
    keystoneOf(registered).createMany({
      body: registeredLimitSchema,
      make: ({ context }, sent) => limits.registered.makeMany(context, sent),
    }),
    of.list({ query: limitQuery, find: ({ context, query }) => limits.listFor(context, query) }),
    of.createMany({ body: newLimitSchema, make: ({ context }, sent) => limits.create(context, sent) }),
    route({
      method: 'GET',
      path: '/v3/limits/model',
      rule: 'identity:get_limit_model',
      delegated: ANY_TOKEN,
      answer: z.object({ model: z.object({ name: z.string(), description: z.string() }) }),
      handler: async () => ({ model: MODEL }),
    }),
    of.show({ target: async (request) => ({ target: await limits.targetOf(paramOf(request, 'limit_id')) }) }),
    of.update({ body: limitChangeSchema, change: ({ context }, id, sent) => limits.update(context, id, sent) }),
    of.delete(),
  ];
}
