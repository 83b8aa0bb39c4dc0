import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { catalogServiceView } from '../catalog/catalog.schema.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { DOMAIN, PROJECT } from '../directory/project.view.ts';
import { selfLinkSchema } from '../identity.schema.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone } from '../keystone.routes.ts';

/** Where a token's user can go with it; the older names of federation answer the same. */
export function reachRoutes({ catalog, projectLists }: IdentityService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/v3/auth/catalog',
      rule: 'identity:get_auth_catalog',
      delegated: ANY_TOKEN,
      answer: z.object({ catalog: z.array(catalogServiceView), links: selfLinkSchema }),
      handler: async ({ context, origin }) => {
        if (context.projectId === null) {
          throw new UserError('forbidden', 'A project-scoped token is required to produce a service catalog.');
        }
        return {
          catalog: await catalog.catalogFor(context, origin),
          links: { self: `${origin}/identity/v3/auth/catalog` },
        };
      },
    }),
    ...['auth/projects', 'OS-FEDERATION/projects'].map((path) =>
      keystone({ ...PROJECT, path }).list({
        rule: 'identity:get_auth_projects',
        isPaged: true,
        find: ({ context }) => projectLists.ofUser(context.userId ?? '', { enabled: 'true' }),
      }),
    ),
    ...['auth/domains', 'OS-FEDERATION/domains'].map((path) =>
      keystone({ ...DOMAIN, path }).list({
        rule: 'identity:get_auth_domains',
        isPaged: true,
        find: ({ context }) => projectLists.ofUser(context.userId ?? '', { enabled: 'true' }, 'domain'),
      }),
    ),
    route({
      method: 'GET',
      path: '/v3/auth/system',
      rule: 'identity:get_auth_system',
      delegated: ANY_TOKEN,
      answer: z.object({ system: z.array(z.object({ all: z.literal(true) })), links: selfLinkSchema }),
      handler: async ({ context, origin }) => ({
        system: (await projectLists.hasSystemRole(context.userId ?? '')) ? [{ all: true }] : [],
        links: { self: `${origin}/identity/v3/auth/system` },
      }),
    }),
  ];
}
