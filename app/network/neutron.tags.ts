import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { neutronFault } from './neutron.errors.ts';
import { type NeutronKind, type StandardRecord, tagSchema, tagsSchema } from './neutron.kind.ts';
import { revise } from './neutron.revision.ts';

const answer = z.strictObject({ tags: tagsSchema });

/** `/v2.0/<many>/{id}/tags`: rules and revisions are those of the thing itself. */
export function tagRoutes<R extends StandardRecord>(
  kind: Pick<NeutronKind<R, never, never>, 'records' | 'many' | 'scope' | 'targets'>,
): RouteDefinition[] {
  const { records, many, scope } = kind;
  const path = `/v2.0/${many}/:id/tags`;
  type Request = {
    context: Context;
    params: Record<string, string>;
    raw: { headers: Record<string, string | string[] | undefined> };
  };
  const find = async ({ context, params }: Pick<Request, 'context' | 'params'>) =>
    await records.get(params.id as string, undefined, scope(context));
  const target = async ({ context, params }: Pick<Request, 'context' | 'params'>) => {
    const record = await records.find(params.id as string, undefined, scope(context));
    return record ? (await kind.targets([record]))(record) : {};
  };
  const store = async ({ context, params, raw }: Request, change: (tags: string[]) => string[]): Promise<string[]> => {
    const changed = await revise(kind, { context, id: params.id as string, headers: raw.headers }, (record) => {
      const next = new Set(change(record.tags));
      // In whatever order they are named.
      if (next.size === record.tags.length && record.tags.every((tag) => next.has(tag))) return record;
      const tags = tagsSchema.safeParse([...next]);
      if (!tags.success)
        throw neutronFault('bad_request', 'InvalidInput', tags.error.issues[0]?.message ?? '', { field: 'tags' });
      return { ...record, tags: tags.data };
    });
    return changed.tags;
  };
  const has = (tags: readonly string[], tag: string) => {
    if (!tags.includes(tag)) throw neutronFault('not_found', 'TagNotFound', `Tag ${tag} could not be found.`);
  };
  const rule = (verb: string) => `${verb}_${many}_tags`;
  const one = `${path}/:tag`;
  const body = z.strictObject({ tags: tagsSchema });
  return [
    route({
      ...{ method: 'GET', path, rule: rule('get'), target, answer },
      handler: async (request) => ({ tags: (await find(request)).tags }),
    }),
    route({
      ...{ method: 'PUT', path, rule: rule('update'), target, body, answer },
      handler: async (request) => ({ tags: await store(request, () => request.body.tags) }),
    }),
    route({
      ...{ method: 'POST', path, rule: rule('update'), target, body, answer },
      handler: async (request) => ({ tags: await store(request, (tags) => [...tags, ...request.body.tags]) }),
    }),
    route({
      ...{ method: 'DELETE', path, rule: rule('delete'), target },
      handler: async (request) => void (await store(request, () => [])),
    }),
    route({
      ...{ method: 'GET', path: one, rule: rule('get'), target },
      summary: 'Whether it is tagged so.',
      handler: async (request) => has((await find(request)).tags, request.params.tag as string),
    }),
    route({
      ...{ method: 'PUT', path: one, rule: rule('update'), target, status: 201 },
      handler: async (request) => {
        const tag = tagSchema.safeParse(request.params.tag);
        if (!tag.success)
          throw neutronFault('bad_request', 'InvalidInput', tag.error.issues[0]?.message ?? '', { field: 'tag' });
        await store(request, (tags) => [...tags, tag.data]);
      },
    }),
    route({
      ...{ method: 'DELETE', path: one, rule: rule('delete'), target },
      handler: async (request) => {
        const { tag = '' } = request.params;
        await store(request, (tags) => {
          has(tags, tag);
          return tags.filter((each) => each !== tag);
        });
      },
    }),
  ];
}
