import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo, toPagedCollection } from '../identity.view.ts';
import { toLimitView } from '../limit/limit.view.ts';
import type { ListQuery } from '../list-query.ts';
import { DirectoryTargets, domainOf } from './directory.target.ts';
import {
  type CreateProject,
  cascadeProjectSchema,
  createProjectSchema,
  MAX_TAGS,
  type ProjectQuery,
  projectAnswer,
  projectQuery,
  projectsAnswer,
  projectsQuery,
  projectTagsAnswer,
  projectTagsSchema,
  projectWithTreeAnswer,
  tagSchema,
  updateProjectSchema,
  userProjectsQuery,
} from './project.schema.ts';
import { toProjectView } from './project.view.ts';

export function projectRoutes({ projects, projectLists, limits, targets }: IdentityService): RouteDefinition[] {
  return [
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/projects',
      rule: 'identity:list_projects',
      delegated: ANY_TOKEN,
      target: DirectoryTargets.ownDomain,
      query: projectsQuery,
      answer: projectsAnswer,
      handler: async (request) => {
        const page = await projectLists.list(request.context, request.query);
        return toPagedCollection('projects', page, (project) => toProjectView(project, request.origin), request);
      },
    }),
    route<unknown, z.infer<typeof createProjectSchema>>({
      method: 'POST',
      path: '/v3/projects',
      rule: 'identity:create_project',
      delegated: ANY_TOKEN,
      target: async (request) => ({ target: { project: placed(request, request.body.project) } }),
      body: createProjectSchema,
      answer: projectAnswer,
      status: 201,
      handler: async (request) => {
        const { context, body, origin } = request;
        return { project: toProjectView(await projects.create(context, placed(request, body.project)), origin) };
      },
    }),
    route<ProjectQuery, unknown>({
      method: 'GET',
      path: '/v3/projects/:project_id',
      rule: 'identity:get_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      query: projectQuery,
      answer: projectWithTreeAnswer,
      handler: async ({ context, params, query, origin }) => {
        const project = await projectLists.get(params.project_id ?? '');
        const { parents, subtree } = await projectLists.treeOf(context, project, query);
        const known = query.include_limits ? (await limits.list()).map(toLimitView) : undefined;
        const ofProject = (id: string) => known && { limits: known.filter(({ project_id }) => project_id === id) };
        const view = (tree: typeof parents) =>
          Array.isArray(tree)
            ? tree.map((each) => ({ project: { ...toProjectView(each, origin), ...ofProject(each.id) } }))
            : tree;
        return {
          project: {
            ...toProjectView(project, origin),
            ...(parents !== undefined && { parents: view(parents) }),
            ...(subtree !== undefined && { subtree: view(subtree) }),
          },
        };
      },
    }),
    route<unknown, z.infer<typeof updateProjectSchema>>({
      method: 'PATCH',
      path: '/v3/projects/:project_id',
      rule: 'identity:update_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      body: updateProjectSchema,
      answer: projectAnswer,
      handler: async ({ context, params, body, origin }) => ({
        project: toProjectView(await projects.update(context, params.project_id ?? '', body.project), origin),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/v3/projects/:project_id',
      rule: 'identity:delete_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ context, params }) => await projects.delete(context, params.project_id ?? ''),
    }),
    route<unknown, z.infer<typeof cascadeProjectSchema>>({
      method: 'PATCH',
      path: '/v3/projects/:project_id/cascade',
      summary: 'Enables or disables a project and all that is below it.',
      rule: 'identity:update_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      body: cascadeProjectSchema,
      answer: projectAnswer,
      handler: async ({ context, params, body, origin }) => {
        const changed = await projects.setEnabledBelow(context, params.project_id ?? '', body.project.enabled);
        return { project: toProjectView(changed, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/projects/:project_id/cascade',
      summary: 'Deletes a project and all that is below it, which must be disabled.',
      rule: 'identity:delete_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ context, params }) =>
        await projects.delete(context, params.project_id ?? '', { cascade: true }),
    }),
    route<ListQuery, unknown>({
      method: 'GET',
      path: '/v3/users/:user_id/projects',
      rule: 'identity:list_user_projects',
      delegated: ANY_TOKEN,
      target: targets.user,
      query: userProjectsQuery,
      answer: projectsAnswer,
      handler: async (request) => {
        const page = await projectLists.ofUser(request.params.user_id ?? '', request.query);
        return toPagedCollection('projects', page, (project) => toProjectView(project, request.origin), request);
      },
    }),
  ];
}

/** Keystone's tags on projects; a domain is reached as the project it is. */
export function projectTagRoutes({ projects, projectLists, targets }: IdentityService): RouteDefinition[] {
  const all = (request: ApiRequest<unknown, unknown>, tags: string[]) => ({
    tags,
    links: linkTo(request.origin, `projects/${request.params.project_id}/tags`),
  });
  return [
    route({
      method: 'GET',
      path: '/v3/projects/:project_id/tags',
      rule: 'identity:list_project_tags',
      delegated: ANY_TOKEN,
      target: targets.project,
      answer: projectTagsAnswer,
      handler: async (request) => all(request, (await projectLists.get(request.params.project_id ?? '')).tags),
    }),
    route<unknown, z.infer<typeof projectTagsSchema>>({
      method: 'PUT',
      path: '/v3/projects/:project_id/tags',
      rule: 'identity:update_project_tags',
      delegated: ANY_TOKEN,
      target: targets.project,
      body: projectTagsSchema,
      answer: projectTagsAnswer,
      handler: async (request) => {
        const { context, params, body } = request;
        return all(request, await projects.setTags(context, params.project_id ?? '', () => body.tags));
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/projects/:project_id/tags',
      rule: 'identity:delete_project_tags',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ context, params }) => {
        await projects.setTags(context, params.project_id ?? '', () => []);
      },
    }),
    route({
      method: 'GET',
      path: '/v3/projects/:project_id/tags/:value',
      rule: 'identity:get_project_tag',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ params }) => {
        const { tags } = await projectLists.get(params.project_id ?? '');
        if (!tags.includes(params.value ?? '')) throw notFound('project tag', params.value ?? '');
      },
    }),
    route({
      method: 'PUT',
      path: '/v3/projects/:project_id/tags/:value',
      rule: 'identity:create_project_tag',
      delegated: ANY_TOKEN,
      target: targets.project,
      status: 201,
      handler: async ({ context, params, origin, reply }) => {
        const { project_id = '', value = '' } = params;
        if (!tagSchema.safeParse(value).success) throw refuseTag('a tag has up to 255 characters, without commas');
        await projects.setTags(context, project_id, (tags) => {
          if (tags.length >= MAX_TAGS && !tags.includes(value)) throw refuseTag(`there may be ${MAX_TAGS} tags`);
          return [...new Set([...tags, value])];
        });
        reply.header('location', `${origin}/identity/v3/projects/${project_id}/tags/${encodeURIComponent(value)}`);
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/projects/:project_id/tags/:value',
      rule: 'identity:delete_project_tag',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ context, params }) => {
        const { project_id = '', value = '' } = params;
        await projects.setTags(context, project_id, (tags) => {
          if (!tags.includes(value)) throw notFound('project tag', value);
          return tags.filter((tag) => tag !== value);
        });
      },
    }),
  ];
}

/** With the domain of the token where the body names none. */
function placed(request: Pick<ApiRequest<unknown, unknown>, 'context'>, project: CreateProject): CreateProject {
  return project.is_domain ? project : { ...project, domain_id: domainOf(request, project.domain_id) };
}

function refuseTag(why: string): UserError {
  return new UserError('bad_request', `Invalid input for field/attribute tags: ${why}.`, { field: 'tags' });
}
