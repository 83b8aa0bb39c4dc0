import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { listEndpoints, listRegions, listServices } from '../catalog/catalog.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import type { DirectoryFilter } from './directory.repository.ts';
import type { DirectoryTargets } from './directory.target.ts';
import { toUserView } from './directory.view.ts';

/** Keystone reads any of these as a boolean and passes over parameters it does not know. */
const boolSchema = z
  .string()
  .transform((text) => !['0', 'false', 'no', 'off', 'f', 'n'].includes(text.trim().toLowerCase()));
const filterSchema = z.object({
  name: z.string().optional(),
  domain_id: z.string().optional(),
  parent_id: z.string().optional(),
  enabled: boolSchema.optional(),
});
type Filter = z.infer<typeof filterSchema>;

/** The reading side of users, projects, domains and the stored catalogue. */
export function directoryRoutes({ directory, targets }: IdentityService): RouteDefinition[] {
  return [
    ...readRoutes('users', 'user', {
      list: (context, filter) => directory.listUsers(context, filter),
      get: (context, id) => directory.getUser(context, id),
      view: toUserView,
      target: targets.user,
    }),
    ...catalogRoutes('services', 'service', 'identity:list_services', listServices),
    ...catalogRoutes('endpoints', 'endpoint', 'identity:list_endpoints', listEndpoints),
    ...catalogRoutes('regions', 'region', null, listRegions),
  ];
}

/** `GET /v3/<things>` and `GET /v3/<things>/{id}` of stored records. */
function readRoutes<R>(
  things: string,
  thing: string,
  of: {
    list: (context: Context, filter: DirectoryFilter & Filter) => Promise<R[]>;
    get: (context: Context, id: string) => Promise<R>;
    view: (record: R, origin: string) => unknown;
    target: DirectoryTargets['user'];
  },
): RouteDefinition[] {
  return [
    route<Filter, unknown>({
      method: 'GET',
      path: `/v3/${things}`,
      rule: `identity:list_${things}`,
      query: filterSchema,
      handler: async (request) => {
        const records = await of.list(request.context, request.query);
        const views = records.map((record) => of.view(record, request.origin));
        return toCollection(things, views, addressOf(request));
      },
    }),
    route({
      method: 'GET',
      path: `/v3/${things}/:user_id`,
      rule: `identity:get_${thing}`,
      target: of.target,
      handler: async ({ context, params, origin }) => ({
        [thing]: of.view(await of.get(context, params.user_id ?? ''), origin),
      }),
    }),
  ];
}

/** The same for what is built in; a filter is any member of the views. `rule` null: whoever has a token. */
function catalogRoutes<V extends { id: string }>(
  things: string,
  thing: string,
  rule: string | null,
  list: (origin: string) => V[],
): RouteDefinition[] {
  const check = (context: Context) => {
    if (rule !== null && !context.isAdmin) throw notAuthorized(rule);
  };
  return [
    route<Record<string, string>, unknown>({
      method: 'GET',
      path: `/v3/${things}`,
      rule: rule ?? `identity:list_${things}`,
      query: z.record(z.string(), z.string()),
      handler: async (request) => {
        check(request.context);
        const views = list(request.origin).filter((view) =>
          Object.entries(view).every(([key, value]) => !(key in request.query) || request.query[key] === String(value)),
        );
        return toCollection(things, views, addressOf(request));
      },
    }),
    route({
      method: 'GET',
      path: `/v3/${things}/:id`,
      rule: rule ?? `identity:get_${thing}`,
      handler: async ({ context, params, origin }) => {
        check(context);
        const view = list(origin).find(({ id }) => id === params.id);
        if (!view) throw notFound(thing, params.id ?? '');
        return { [thing]: view };
      },
    }),
  ];
}

function addressOf({ origin, raw }: ApiRequest<unknown, unknown>): string {
  return origin + raw.url;
}
