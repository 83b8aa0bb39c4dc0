import { z } from 'zod';
import { type ApiRequest, type ParamsOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { toProjectView } from '../directory/project.view.ts';
import { collectionSchema } from '../identity.schema.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import { type KeystoneRoutes, recordSchema, recordView } from '../keystone.routes.ts';
import type { EndpointGroupRecord, EndpointRecord } from './catalog.tables.ts';

const BASE = '/v3/OS-EP-FILTER';
const projectsSchema = collectionSchema('projects', z.looseObject({ id: z.string() }));

/** Which projects see which endpoints (Keystone API reference, OS-EP-FILTER). */
export function endpointFilterRoutes(
  { catalog: { filters }, projectLists }: IdentityService,
  endpoints: KeystoneRoutes<EndpointRecord>,
  groups: KeystoneRoutes<EndpointGroupRecord>,
): RouteDefinition[] {
  const endpointsSchema = collectionSchema('endpoints', recordSchema(endpoints));
  const showEndpoints = (found: EndpointRecord[], { origin, raw }: ApiRequest<unknown, unknown>) =>
    toCollection(
      'endpoints',
      found.map((one) => recordView(endpoints, one, origin)),
      origin + raw.url,
    );
  const showProjects = async (ids: string[], { origin, raw }: ApiRequest<unknown, unknown>) => {
    const projects = await projectLists.among(ids);
    const views = projects.map((project) => toProjectView(project, origin));
    return toCollection('projects', views, origin + raw.url);
  };
  const ofEndpoint = 'identity_project_endpoint';
  const ofGroup = 'identity_project_endpoint_group';
  const onePath = `${BASE}/projects/:project_id/endpoints/:endpoint_id` as const;
  const groupPath = `${BASE}/endpoint_groups/:endpoint_group_id/projects/:project_id` as const;
  const idsOf = (params: ParamsOf<typeof onePath>) => [params.endpoint_id, params.project_id] as const;
  const groupIdsOf = (params: ParamsOf<typeof groupPath>) => [params.endpoint_group_id, params.project_id] as const;
  const relation = { project_endpoint_group: z.looseObject({ project_id: z.string(), endpoint_group_id: z.string() }) };
  return [
    route({
      method: 'PUT',
      path: onePath,
      rule: 'identity:add_endpoint_to_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.add(ofEndpoint, ...idsOf(params)),
    }),
    route({
      method: 'GET',
      path: onePath,
      rule: 'identity:check_endpoint_in_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.check(ofEndpoint, ...idsOf(params)),
    }),
    route({
      method: 'DELETE',
      path: onePath,
      rule: 'identity:remove_endpoint_from_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.remove(ofEndpoint, ...idsOf(params)),
    }),
    route({
      method: 'GET',
      path: `${BASE}/endpoints/:endpoint_id/projects`,
      rule: 'identity:list_projects_for_endpoint',
      delegated: ANY_TOKEN,
      answer: projectsSchema,
      handler: async (request) =>
        showProjects(await filters.projectsOf(ofEndpoint, request.params.endpoint_id), request),
    }),
    route({
      method: 'GET',
      path: `${BASE}/projects/:project_id/endpoints`,
      rule: 'identity:list_endpoints_for_project',
      delegated: ANY_TOKEN,
      answer: endpointsSchema,
      handler: async (request) => showEndpoints(await filters.endpointsOf(request.params.project_id), request),
    }),
    route({
      method: 'GET',
      path: `${BASE}/projects/:project_id/endpoint_groups`,
      rule: 'identity:list_endpoint_groups_for_project',
      delegated: ANY_TOKEN,
      answer: collectionSchema('endpoint_groups', recordSchema(groups)),
      handler: async ({ params, origin, raw }) => {
        const found = await filters.groupsOf(params.project_id);
        const views = found.map((one) => recordView(groups, one, origin));
        return toCollection('endpoint_groups', views, origin + raw.url);
      },
    }),
    route({
      method: 'GET',
      path: `${BASE}/endpoint_groups/:endpoint_group_id/endpoints`,
      rule: 'identity:list_endpoints_associated_with_endpoint_group',
      delegated: ANY_TOKEN,
      answer: endpointsSchema,
      handler: async (request) => showEndpoints(await filters.endpointsIn(request.params.endpoint_group_id), request),
    }),
    route({
      method: 'GET',
      path: `${BASE}/endpoint_groups/:endpoint_group_id/projects`,
      rule: 'identity:list_projects_associated_with_endpoint_group',
      delegated: ANY_TOKEN,
      answer: projectsSchema,
      handler: async (request) =>
        showProjects(await filters.projectsOf(ofGroup, request.params.endpoint_group_id), request),
    }),
    route({
      method: 'PUT',
      path: groupPath,
      rule: 'identity:add_endpoint_group_to_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.add(ofGroup, ...groupIdsOf(params)),
    }),
    route({
      method: 'GET',
      path: groupPath,
      rule: 'identity:get_endpoint_group_in_project',
      delegated: ANY_TOKEN,
      answer: z.object(relation),
      handler: async ({ params }) => {
        const [endpoint_group_id, project_id] = groupIdsOf(params);
        await filters.check(ofGroup, endpoint_group_id, project_id);
        return { project_endpoint_group: { endpoint_group_id, project_id } };
      },
    }),
    route({
      method: 'DELETE',
      path: groupPath,
      rule: 'identity:remove_endpoint_group_from_project',
      delegated: ANY_TOKEN,
      handler: async ({ params }) => await filters.remove(ofGroup, ...groupIdsOf(params)),
    }),
  ];
}
