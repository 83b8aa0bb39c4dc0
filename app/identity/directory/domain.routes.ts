import type { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toPagedCollection } from '../identity.view.ts';
import type { ListQuery } from '../list-query.ts';
import { DirectoryTargets } from './directory.target.ts';
import { createDomainSchema, domainAnswer, domainsAnswer, domainsQuery, updateDomainSchema } from './project.schema.ts';
import { toDomainView } from './project.view.ts';

export function domainRoutes({ projects, projectLists, targets }: IdentityService): RouteDefinition[] {
  return [
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/domains',
      rule: 'identity:list_domains',
      delegated: ANY_TOKEN,
      target: DirectoryTargets.ownDomain,
      query: domainsQuery,
      answer: domainsAnswer,
      handler: async (request) => {
        const page = await projectLists.listDomains(request.context, request.query);
        return toPagedCollection('domains', page, (domain) => toDomainView(domain, request.origin), request);
      },
    }),
    route<unknown, z.infer<typeof createDomainSchema>>({
      method: 'POST',
      path: '/v3/domains',
      rule: 'identity:create_domain',
      delegated: ANY_TOKEN,
      body: createDomainSchema,
      answer: domainAnswer,
      status: 201,
      handler: async ({ context, body, origin }) => ({
        domain: toDomainView(await projects.createDomain(context, body.domain), origin),
      }),
    }),
    route({
      method: 'GET',
      path: '/v3/domains/:domain_id',
      rule: 'identity:get_domain',
      delegated: ANY_TOKEN,
      target: targets.domain,
      answer: domainAnswer,
      handler: async ({ params, origin }) => ({
        domain: toDomainView(await projectLists.get(params.domain_id ?? '', 'domain'), origin),
      }),
    }),
    route<unknown, z.infer<typeof updateDomainSchema>>({
      method: 'PATCH',
      path: '/v3/domains/:domain_id',
      rule: 'identity:update_domain',
      delegated: ANY_TOKEN,
      body: updateDomainSchema,
      answer: domainAnswer,
      handler: async ({ context, params, body, origin }) => ({
        domain: toDomainView(await projects.update(context, params.domain_id ?? '', body.domain, 'domain'), origin),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/v3/domains/:domain_id',
      rule: 'identity:delete_domain',
      delegated: ANY_TOKEN,
      handler: async ({ context, params }) =>
        await projects.delete(context, params.domain_id ?? '', { asked: 'domain' }),
    }),
  ];
}
