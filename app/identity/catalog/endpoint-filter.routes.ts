import { z } from 'zod';
import { paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { PROJECT } from '../directory/project.view.ts';
import type { IdentityService } from '../identity.service.ts';
import { type Asked, type KeystoneRoutes, keystone, membershipRoutes, shownAs } from '../keystone.routes.ts';
import type { EndpointGroupRecord, EndpointRecord } from './catalog.tables.ts';

const BASE = 'OS-EP-FILTER';
const OF_ENDPOINT = 'identity_project_endpoint';
const OF_GROUP = 'identity_project_endpoint_group';
const GROUP_PATH = `/v3/${BASE}/endpoint_groups/:endpoint_group_id/projects/:project_id` as const;

/** Which projects see which endpoints (Keystone API reference, OS-EP-FILTER). */
export function endpointFilterRoutes(
  { catalog: { filters }, projectLists }: IdentityService,
  endpoints: KeystoneRoutes<EndpointRecord>,
  groups: KeystoneRoutes<EndpointGroupRecord>,
): RouteDefinition[] {
  const endpointsAt = (path: string, rule: string, find: (request: Asked) => Promise<EndpointRecord[]>) =>
    keystone({ ...shownAs(endpoints), path: `${BASE}/${path}` }).list({ rule, find });
  const projectsAt = (path: string, rule: string, idsOf: (request: Asked) => Promise<string[]>) =>
    keystone({ ...PROJECT, path: `${BASE}/${path}`, schema: z.looseObject({ id: z.string() }) }).list({
      rule,
      find: async (request) => await projectLists.among(await idsOf(request)),
    });
  return [
    ...membershipRoutes({
      path: `/v3/${BASE}/projects/:project_id/endpoints/:endpoint_id`,
      rules: {
        check: 'identity:check_endpoint_in_project',
        add: 'identity:add_endpoint_to_project',
        remove: 'identity:remove_endpoint_from_project',
      },
      check: ({ params }) => filters.check(OF_ENDPOINT, params.endpoint_id, params.project_id),
      add: ({ params }) => filters.add(OF_ENDPOINT, params.endpoint_id, params.project_id),
      remove: ({ params }) => filters.remove(OF_ENDPOINT, params.endpoint_id, params.project_id),
    }),
    projectsAt('endpoints/:endpoint_id/projects', 'identity:list_projects_for_endpoint', (request) =>
      filters.projectsOf(OF_ENDPOINT, paramOf(request, 'endpoint_id')),
    ),
    endpointsAt('projects/:project_id/endpoints', 'identity:list_endpoints_for_project', (request) =>
      filters.endpointsOf(paramOf(request, 'project_id')),
    ),
    keystone({ ...shownAs(groups), path: `${BASE}/projects/:project_id/endpoint_groups` }).list({
      rule: 'identity:list_endpoint_groups_for_project',
      find: (request) => filters.groupsOf(paramOf(request, 'project_id')),
    }),
    endpointsAt(
      'endpoint_groups/:endpoint_group_id/endpoints',
      'identity:list_endpoints_associated_with_endpoint_group',
      (request) => filters.endpointsIn(paramOf(request, 'endpoint_group_id')),
    ),
    projectsAt(
      'endpoint_groups/:endpoint_group_id/projects',
      'identity:list_projects_associated_with_endpoint_group',
      (request) => filters.projectsOf(OF_GROUP, paramOf(request, 'endpoint_group_id')),
    ),
    route({
      method: 'PUT',
      path: GROUP_PATH,
      rule: 'identity:add_endpoint_group_to_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.add(OF_GROUP, params.endpoint_group_id, params.project_id),
    }),
    route({
      method: 'GET',
      path: GROUP_PATH,
      rule: 'identity:get_endpoint_group_in_project',
      delegated: ANY_TOKEN,
      answer: z.object({
        project_endpoint_group: z.looseObject({ project_id: z.string(), endpoint_group_id: z.string() }),
      }),
      handler: async ({ params: { endpoint_group_id, project_id } }) => {
        await filters.check(OF_GROUP, endpoint_group_id, project_id);
        return { project_endpoint_group: { endpoint_group_id, project_id } };
      },
    }),
    route({
      method: 'DELETE',
      path: GROUP_PATH,
      rule: 'identity:remove_endpoint_group_from_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.remove(OF_GROUP, params.endpoint_group_id, params.project_id),
    }),
  ];
}
