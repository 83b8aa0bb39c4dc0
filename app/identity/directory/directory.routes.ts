import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { listEndpoints, listRegions, listServices } from '../catalog/catalog.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import type { DirectoryFilter } from './directory.repository.ts';
import { toDomainView, toProjectView, toUserView } from './directory.view.ts';

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
export function directoryRoutes({ directory }: IdentityService): RouteDefinition[] {
  return [
    ...readRoutes('users', 'user', {
      list: (context, filter) => directory.listUsers(context, filter),
      get: (context, id) => directory.getUser(context, id),
      view: toUserView,
    }),
    ...readRoutes('projects', 'project', {
      list: (context, filter) => directory.listProjects(context, filter),
      get: (context, id) => directory.getProject(context, id),
      view: toProjectView,
    }),
    ...readRoutes('domains', 'domain', {
      list: (context, filter) => directory.listDomains(context, filter),
      get: (context, id) => directory.getDomain(context, id),
      view: toDomainView,
    }),
    route<Filter, unknown>({
      method: 'GET',
      path: '/v3/users/:userId/projects',
      rule: 'identity:list_user_projects',
      query: filterSchema,
      handler: async (request) => {
        const { context, params, query, origin } = request;
        const projects = await directory.listUserProjects(context, params.userId ?? '', query);
        const views = projects.map((project) => toProjectView(project, origin));
        return toCollection('projects', views, addressOf(request));
      },
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
      path: `/v3/${things}/:id`,
      rule: `identity:get_${thing}`,
      handler: async ({ context, params, origin }) => ({
        [thing]: of.view(await of.get(context, params.id ?? ''), origin),
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
