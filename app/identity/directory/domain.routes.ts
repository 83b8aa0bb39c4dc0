import type { RouteDefinition } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { keystone } from '../keystone.routes.ts';
import { DirectoryTargets } from './directory.target.ts';
import { createDomain, domainsQuery, updateDomain } from './project.schema.ts';
import { DOMAIN } from './project.view.ts';

export function domainRoutes({ projects, projectLists, targets }: IdentityService): RouteDefinition[] {
  const of = keystone(DOMAIN);
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: domainsQuery,
      isPaged: true,
      find: ({ context, query }) => projectLists.listDomains(context, query),
    }),
    of.create({ body: createDomain, make: ({ context }, sent) => projects.createDomain(context, sent) }),
    of.show({ target: targets.domain, find: (_request, id) => projectLists.get(id, 'domain') }),
    of.update({ body: updateDomain, change: ({ context }, id, sent) => projects.update(context, id, sent, 'domain') }),
    of.delete(({ context }, id) => projects.delete(context, id, { asked: 'domain' })),
  ];
}
