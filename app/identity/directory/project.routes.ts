import { UserError } from '../../contract/errors.ts';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo } from '../identity.view.ts';
import { type Asked, keystone } from '../keystone.routes.ts';
import { toLimitView } from '../limit/limit.view.ts';
import { DirectoryTargets, inDomain } from './directory.target.ts';
import {
  type CreateProject,
  cascadeProjectSchema,
  createProject,
  MAX_TAGS,
  projectQuery,
  projectsQuery,
  projectTagsAnswer,
  projectTagsSchema,
  tagSchema,
  updateProject,
  userProjectsQuery,
} from './project.schema.ts';
import { PROJECT, projectAnswer, projectWithTreeAnswer } from './project.view.ts';

export function projectRoutes({ projects, projectLists, limits, targets }: IdentityService): RouteDefinition[] {
  const of = keystone({ ...PROJECT, target: targets.project });
  return [
    of.list({
      target: DirectoryTargets.ownDomain,
      query: projectsQuery,
      isPaged: true,
      find: ({ context, query }) => projectLists.list(context, query),
    }),
    of.create({
      body: createProject,
      target: (request, project) => ({ target: { project: placed(request, project) } }),
      make: (request, project) => projects.create(request.context, placed(request, project)),
    }),
    route({
      method: 'GET',
      path: '/v3/projects/:project_id',
      rule: 'identity:get_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      query: projectQuery,
      answer: projectWithTreeAnswer,
      handler: async ({ context, params, query, origin }) => {
        const project = await projectLists.get(params.project_id);
        const { parents, subtree } = await projectLists.treeOf(context, project, query);
        const known = query.include_limits ? (await limits.list()).map(toLimitView) : undefined;
        const ofProject = (id: string) => known && { limits: known.filter(({ project_id }) => project_id === id) };
        const view = (tree: typeof parents) =>
          Array.isArray(tree)
            ? tree.map((each) => ({ project: { ...PROJECT.view(each, origin), ...ofProject(each.id) } }))
            : tree;
        return {
          project: {
            ...PROJECT.view(project, origin),
            ...(parents !== undefined && { parents: view(parents) }),
            ...(subtree !== undefined && { subtree: view(subtree) }),
          },
        };
      },
    }),
    of.update({ body: updateProject, change: ({ context }, id, sent) => projects.update(context, id, sent) }),
    of.delete(({ context }, id) => projects.delete(context, id)),
    route({
      method: 'PATCH',
      path: '/v3/projects/:project_id/cascade',
      summary: 'Enables or disables a project and all that is below it.',
      rule: 'identity:update_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      body: cascadeProjectSchema,
      answer: projectAnswer,
      handler: async ({ context, params, body, origin }) => {
        const changed = await projects.setEnabledBelow(context, params.project_id, body.project.enabled);
        return { project: PROJECT.view(changed, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v3/projects/:project_id/cascade',
      summary: 'Deletes a project and all that is below it, which must be disabled.',
      rule: 'identity:delete_project',
      delegated: ANY_TOKEN,
      target: targets.project,
      handler: async ({ context, params }) => await projects.delete(context, params.project_id, { cascade: true }),
    }),
    keystone({ ...PROJECT, path: 'users/:user_id/projects' }).list({
      rule: 'identity:list_user_projects',
      target: targets.user,
      query: userProjectsQuery,
      isPaged: true,
      find: (request) => projectLists.ofUser(paramOf(request, 'user_id'), request.query),
    }),
  ];
}

/** Keystone's tags on projects; a domain is reached as the project it is. */
export function projectTagRoutes({ projects, projectLists, targets }: IdentityService): RouteDefinition[] {
  const access = { delegated: ANY_TOKEN, target: targets.project };
  const all = { path: '/v3/projects/:project_id/tags', ...access } as const;
  const one = { path: '/v3/projects/:project_id/tags/:value', ...access } as const;
  const view = (request: Asked, tags: string[]) => ({
    tags,
    links: linkTo(request.origin, `projects/${request.params.project_id}/tags`),
  });
  return [
    route({
      method: 'GET',
      ...all,
      rule: 'identity:list_project_tags',
      answer: projectTagsAnswer,
      handler: async (request) => view(request, (await projectLists.get(request.params.project_id)).tags),
    }),
    route({
      method: 'PUT',
      ...all,
      rule: 'identity:update_project_tags',
      body: projectTagsSchema,
      answer: projectTagsAnswer,
      handler: async (request) => {
        const { context, params, body } = request;
        return view(request, await projects.setTags(context, params.project_id, () => body.tags));
      },
    }),
    route({
      method: 'DELETE',
      ...all,
      rule: 'identity:delete_project_tags',
      handler: async ({ context, params }) => {
        await projects.setTags(context, params.project_id, () => []);
      },
    }),
    route({
      method: 'GET',
      ...one,
      rule: 'identity:get_project_tag',
      handler: async ({ params }) => {
        const { tags } = await projectLists.get(params.project_id);
        if (!tags.includes(params.value)) throw notFound('project tag', params.value);
      },
    }),
    route({
      method: 'PUT',
      ...one,
      rule: 'identity:create_project_tag',
      status: 201,
      handler: async ({ context, params, origin, reply }) => {
        const { project_id, value } = params;
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
      ...one,
      rule: 'identity:delete_project_tag',
      handler: async ({ context, params }) => {
        const { project_id, value } = params;
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
  return project.is_domain ? project : inDomain(request, project);
}

function refuseTag(why: string): UserError {
  return new UserError('bad_request', `Invalid input for field/attribute tags: ${why}.`, { field: 'tags' });
}
