import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { listEndpoints, listRegions, listServices } from '../catalog/catalog.ts';
import { notAuthorized, notFound } from '../identity.errors.ts';
import { toCollection } from '../identity.view.ts';

/** The reading side of the built-in catalogue. */
export function directoryRoutes(): RouteDefinition[] {
  return [
    ...catalogRoutes('services', 'service', 'identity:list_services', listServices),
    ...catalogRoutes('endpoints', 'endpoint', 'identity:list_endpoints', listEndpoints),
    ...catalogRoutes('regions', 'region', null, listRegions),
  ];
}

/** A filter is any member of the views. `rule` null: whoever has a token. */
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
