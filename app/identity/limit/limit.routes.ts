import { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { collectionSchema } from '../identity.schema.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo, toCollection } from '../identity.view.ts';
import { keystoneRoutes } from '../keystone.resource.ts';
import {
  createLimitsSchema,
  type LimitQuery,
  limitQuery,
  limitWithLinks,
  REGISTERED_LIMIT_FILTERS,
  registeredLimitChangeSchema,
  registeredLimitSchema,
  registeredLimitShape,
  updateLimitSchema,
} from './limit.schema.ts';
import type { LimitRecord } from './limit.service.ts';
import type { RegisteredLimitRecord } from './limit.tables.ts';
import { toLimitView } from './limit.view.ts';

const answer = z.object({ limit: limitWithLinks });
/** Keystone's other model looks at trees of projects; see keystone.limit.models. */
const MODEL = {
  name: 'flat',
  description: 'A limit holds for one project or domain; what is above or below it counts for nothing.',
};

/** `/v3/registered_limits` and `/v3/limits`. */
export function limitRoutes({ limits }: IdentityService): RouteDefinition[] {
  const withLinks = (limit: LimitRecord, origin: string) => ({
    ...toLimitView(limit),
    links: linkTo(origin, `limits/${limit.id}`),
  });
  const idOf = ({ params }: ApiRequest<unknown, unknown>) => params.limit_id ?? '';
  return [
    ...keystoneRoutes<RegisteredLimitRecord>({
      records: limits.registered,
      thing: 'registered_limit',
      things: 'registered_limits',
      filters: REGISTERED_LIMIT_FILTERS,
      create: registeredLimitSchema,
      update: registeredLimitChangeSchema,
      shape: registeredLimitShape,
      makesMany: true,
    }),
    route<LimitQuery, unknown>({
      method: 'GET',
      path: '/v3/limits',
      rule: 'identity:list_limits',
      delegated: ANY_TOKEN,
      query: limitQuery,
      answer: collectionSchema('limits', limitWithLinks),
      handler: async ({ context, query, origin, raw }) => {
        const found = await limits.listFor(context, query);
        const views = found.map((limit) => withLinks(limit, origin));
        return toCollection('limits', views, origin + raw.url);
      },
    }),
    route<unknown, z.infer<typeof createLimitsSchema>>({
      method: 'POST',
      path: '/v3/limits',
      rule: 'identity:create_limits',
      delegated: ANY_TOKEN,
      body: createLimitsSchema,
      answer: z.object({ limits: z.array(limitWithLinks) }),
      status: 201,
      handler: async ({ context, body, origin }) => {
        const made = await limits.create(context, body.limits);
        return { limits: made.map((limit) => withLinks(limit, origin)) };
      },
    }),
    route({
      method: 'GET',
      path: '/v3/limits/model',
      rule: 'identity:get_limit_model',
      delegated: ANY_TOKEN,
      answer: z.object({ model: z.object({ name: z.string(), description: z.string() }) }),
      handler: async () => ({ model: MODEL }),
    }),
    route({
      method: 'GET',
      path: '/v3/limits/:limit_id',
      rule: 'identity:get_limit',
      delegated: ANY_TOKEN,
      target: async (request) => ({ target: await limits.targetOf(idOf(request)) }),
      answer,
      handler: async (request) => ({ limit: withLinks(await limits.get(idOf(request)), request.origin) }),
    }),
    route<unknown, z.infer<typeof updateLimitSchema>>({
      method: 'PATCH',
      path: '/v3/limits/:limit_id',
      rule: 'identity:update_limit',
      delegated: ANY_TOKEN,
      body: updateLimitSchema,
      answer,
      handler: async ({ context, params, body, origin }) => {
        const updated = await limits.update(context, params.limit_id ?? '', body.limit);
        return { limit: withLinks(updated, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/limits/:limit_id',
      rule: 'identity:delete_limit',
      delegated: ANY_TOKEN,
      handler: async (request) => await limits.delete(request.context, idOf(request)),
    }),
  ];
}
