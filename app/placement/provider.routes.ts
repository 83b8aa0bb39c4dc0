import { z } from 'zod';
import { queryText } from '../http/field.schema.ts';
import { since } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { type Frame, fresh, located, PREFIX } from './placement.route.ts';
import { uuidField } from './placement.schema.ts';
import type { Provider } from './provider.repository.ts';
import type { ProviderService } from './provider.service.ts';
import {
  filterProviders,
  NO_TRAITS,
  readMembership,
  readResources,
  readTraits,
  requirePossible,
} from './provider-filter.ts';
import type { Vocabulary } from './vocabulary.service.ts';

const PATH = '/resource_providers';
const ONE = `${PATH}/:uuid`;

const linkSchema = z.strictObject({ rel: z.string(), href: z.string() });
const providerView = (version: number) =>
  z
    .strictObject({
      uuid: z.string(),
      name: z.string(),
      generation: z.number().int(),
      links: z.array(linkSchema),
      ...since(version, 14, { parent_provider_uuid: z.string().nullable(), root_provider_uuid: z.string() }),
    })
    .meta({ title: 'ResourceProvider' });

const body = (version: number) =>
  z.strictObject({
    name: z.string().min(1).max(200),
    ...since(version, 14, { parent_provider_uuid: uuidField.nullable().optional() }),
  });
const newBody = (version: number) => body(version).extend({ uuid: uuidField.optional() });

/** One, or several that stand apart. */
export const texts = z.union([z.string().transform((value) => [value]), z.array(z.string()).min(1)]);

const query = (version: number) =>
  z.strictObject({
    name: queryText.optional(),
    uuid: uuidField.optional(),
    ...since(version, 3, { member_of: texts.optional() }),
    ...since(version, 4, { resources: queryText.optional() }),
    ...since(version, 14, { in_tree: uuidField.optional() }),
    ...since(version, 18, { required: texts.optional() }),
  });

function linksOf(id: string, version: number) {
  const self = `${PREFIX}${PATH}/${id}`;
  const kinds = ['inventories', 'usages'];
  if (version >= 1) kinds.push('aggregates');
  if (version >= 6) kinds.push('traits');
  if (version >= 11) kinds.push('allocations');
  return [{ rel: 'self', href: self }, ...kinds.map((rel) => ({ rel, href: `${self}/${rel}` }))];
}

function view({ id, name, generation, parentId, rootId }: Provider, { version }: Frame) {
  return {
    ...{ uuid: id, name, generation, links: linksOf(id, version) },
    ...(version >= 14 && { parent_provider_uuid: parentId, root_provider_uuid: rootId }),
  };
}

export interface ProviderRouteParts {
  providers: ProviderService;
  vocabulary: Vocabulary;
}

/** Resource providers: hosts as the scheduler knows them, and what clients made. */
export function providerRoutes({ providers, vocabulary }: ProviderRouteParts): RouteDefinition[] {
  const { repository } = providers;
  return [
    route({
      method: 'GET',
      path: PATH,
      rule: 'placement:resource_providers:list',
      query,
      answer: (version) => z.strictObject({ resource_providers: z.array(providerView(version)) }),
      handler: async (request) => {
        const { version, query: asked } = request;
        const traits = asked.required === undefined ? NO_TRAITS : readTraits(asked.required, 'required', version);
        requirePossible(traits, 'required');
        await vocabulary.requireTraits([...traits.required.flat(), ...traits.forbidden]);
        const resources = asked.resources === undefined ? new Map() : readResources(asked.resources, 'resources');
        await vocabulary.requireClasses([...resources.keys()], 'resources');
        const found = filterProviders(await repository.load(), {
          ...{ name: asked.name, uuid: asked.uuid, inTree: asked.in_tree, resources, ...traits },
          ...readMembership(asked.member_of ?? [], 'member_of', version),
        });
        const changedAt = found
          .map(({ updatedAt }) => updatedAt)
          .sort()
          .at(-1);
        return fresh(request, { resource_providers: found.map((provider) => view(provider, request)) }, changedAt);
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      rule: 'placement:resource_providers:create',
      body: newBody,
      status: (version) => (version >= 20 ? 200 : 201),
      emptyStatus: 201,
      answer: providerView,
      handler: async (request) => {
        const provider = await providers.create(request.context, request.body);
        located(request, `${PATH}/${provider.id}`);
        return request.version >= 20 ? fresh(request, view(provider, request), provider.updatedAt) : undefined;
      },
    }),
    route({
      method: 'GET',
      path: ONE,
      rule: 'placement:resource_providers:show',
      answer: providerView,
      handler: async (request) => {
        const provider = await repository.get(request.params.uuid);
        return fresh(request, view(provider, request), provider.updatedAt);
      },
    }),
    route({
      method: 'PUT',
      path: ONE,
      rule: 'placement:resource_providers:update',
      body,
      answer: providerView,
      handler: async (request) => {
        const { context, params, body: sent, version } = request;
        const provider = await providers.update(context, params.uuid, sent, version >= 37);
        return fresh(request, view(provider, request), provider.updatedAt);
      },
    }),
    route({
      method: 'DELETE',
      path: ONE,
      rule: 'placement:resource_providers:delete',
      handler: async ({ context, params }) => await providers.delete(context, params.uuid),
    }),
  ];
}
