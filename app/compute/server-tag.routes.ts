import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { validate } from '../http/validation.ts';
import { MAX_TAGS, tagField } from './request-field.schema.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import { assertState, NOTABLE } from './server.state.ts';
import { tagsAnswer } from './server-parts.schema.ts';

const SINCE = 26;
const tagsBody = z.strictObject({ tags: z.array(tagField).max(MAX_TAGS) });

/** `/servers/{id}/tags`, from 2.26. */
export function serverTagRoutes(parts: { server: ServerService }): RouteDefinition[] {
  const path = '/servers/:serverId/tags';
  const rule = (verb: string) => `os_compute_api:os-server-tags:${verb}`;

  async function change(
    context: Context,
    id: string,
    verb: 'update tags' | 'update tag' | 'delete tags' | 'delete tag',
    edit: (tags: string[]) => string[],
  ): Promise<string[]> {
    const server = await parts.server.update(context, id, (before) => {
      assertState(before, verb, NOTABLE);
      const tags = edit(before.tags);
      if (tags.length > MAX_TAGS) {
        throw new UserError('bad_request', `The number of tags exceeded the per-server limit ${MAX_TAGS}`, {
          field: 'tags',
        });
      }
      return { tags };
    });
    return server.tags;
  }

  return [
    route({
      method: 'GET',
      path,
      rule: rule('index'),
      since: SINCE,
      answer: tagsAnswer,
      handler: async (request) => ({ tags: (await parts.server.get(request.context, serverIdOf(request))).tags }),
    }),
    route({
      method: 'PUT',
      path,
      rule: rule('update_all'),
      since: SINCE,
      body: tagsBody,
      answer: tagsAnswer,
      handler: async (request) => ({
        tags: await change(request.context, serverIdOf(request), 'update tags', () => [...new Set(request.body.tags)]),
      }),
    }),
    route({
      method: 'DELETE',
      path,
      rule: rule('delete_all'),
      since: SINCE,
      handler: async (request) => void (await change(request.context, serverIdOf(request), 'delete tags', () => [])),
    }),
    route({
      method: 'GET',
      path: `${path}/:tag`,
      rule: rule('show'),
      since: SINCE,
      handler: async (request) => {
        const { tags, id } = await parts.server.get(request.context, serverIdOf(request));
        assertHas(tags, request.params.tag, id);
      },
    }),
    route({
      method: 'PUT',
      path: `${path}/:tag`,
      rule: rule('update'),
      since: SINCE,
      handler: async (request) => {
        const tag = validate(tagField, request.params.tag, 'query');
        const id = serverIdOf(request);
        let isNew = true;
        await change(request.context, id, 'update tag', (tags) => {
          isNew = !tags.includes(tag);
          return [...new Set([...tags, tag])];
        });
        request.reply.header(
          'location',
          `${request.origin}/compute/v2.1/servers/${id}/tags/${encodeURIComponent(tag)}`,
        );
        request.reply.code(isNew ? 201 : 204);
        return request.reply.send();
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:tag`,
      rule: rule('delete'),
      since: SINCE,
      handler: async (request) => {
        const { tag } = request.params;
        const id = serverIdOf(request);
        await change(request.context, id, 'delete tag', (tags) => {
          assertHas(tags, tag, id);
          return tags.filter((other) => other !== tag);
        });
      },
    }),
  ];
}

function assertHas(tags: string[], tag: string, id: string): void {
  if (!tags.includes(tag)) throw new UserError('not_found', `Server ${id} has no tag '${tag}'`);
}
