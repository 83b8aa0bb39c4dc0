import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { catalogServiceView } from '../catalog/catalog.schema.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { domainsAnswer, projectsAnswer } from '../directory/project.schema.ts';
import { toDomainView, toProjectView } from '../directory/project.view.ts';
import { selfLinkSchema } from '../identity.schema.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';

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
    ...['/v3/auth/projects', '/v3/OS-FEDERATION/projects'].map((path) =>
      route({
        method: 'GET',
        path,
        rule: 'identity:get_auth_projects',
        delegated: ANY_TOKEN,
        answer: projectsAnswer,
        handler: async ({ context, origin }) => {
          const projects = await projectLists.ofUser(context.userId ?? '', { enabled: 'true' });
          const views = projects.items.map((project) => toProjectView(project, origin));
          return toCollection('projects', views, `${origin}/identity${path}`);
        },
      }),
    ),
    ...['/v3/auth/domains', '/v3/OS-FEDERATION/domains'].map((path) =>
      route({
        method: 'GET',
        path,
        rule: 'identity:get_auth_domains',
        delegated: ANY_TOKEN,
        answer: domainsAnswer,
        handler: async ({ context, origin }) => {
          const domains = await projectLists.ofUser(context.userId ?? '', { enabled: 'true' }, 'domain');
          const views = domains.items.map((domain) => toDomainView(domain, origin));
          return toCollection('domains', views, `${origin}/identity${path}`);
        },
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
