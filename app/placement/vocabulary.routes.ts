import { z } from 'zod';
import { queryText } from '../http/field.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { badRequest, conflict } from './placement.errors.ts';
import { fresh, located, PREFIX } from './placement.route.ts';
import { CUSTOM_NAME, customName } from './placement.schema.ts';
import type { ProviderService } from './provider.service.ts';
import type { Vocabulary } from './vocabulary.service.ts';

const classView = z.strictObject({
  name: z.string(),
  links: z.array(z.strictObject({ rel: z.string(), href: z.string() })),
});
const classBody = z.strictObject({ name: customName });
const traitsView = z.strictObject({ traits: z.array(z.string()) });

function viewOf(name: string) {
  return { name, links: [{ rel: 'self', href: `${PREFIX}/resource_classes/${name}` }] };
}

/** 400 for a name that no client may make. */
function requireCustomName(thing: string, name: string): void {
  if (CUSTOM_NAME.test(name) && name.length <= 255) return;
  const form = 'begins with CUSTOM_, has upper-case letters, digits and underscores, and not more than 255 of them';
  throw badRequest(`The ${thing} ${name.slice(0, 255)} is invalid: a valid one ${form}.`, { field: 'name' });
}

/** Which traits a list names, by `in:A,B` or `startswith:A`. */
function namedBy(text: string | undefined): (name: string) => boolean {
  if (text === undefined) return () => true;
  const [, how, value = ''] = /^(in|startswith):(.*)$/s.exec(text) ?? [];
  if (how === undefined) {
    throw badRequest(`Badly formed name: ${text.slice(0, 100)} is not in:<name>,<name> or startswith:<name>.`, {
      field: 'name',
    });
  }
  const names = new Set(value.split(','));
  return (name) => (how === 'in' ? names.has(name) : name.startsWith(value));
}

export interface VocabularyRouteParts {
  vocabulary: Vocabulary;
  providers: ProviderService;
}

/** Names of resource classes (1.2) and of traits (1.6). */
export function vocabularyRoutes({ vocabulary, providers }: VocabularyRouteParts): RouteDefinition[] {
  const ofClasses = (verb: string) => `placement:resource_classes:${verb}`;
  const ofTraits = (verb: string) => `placement:traits:${verb}`;
  return [
    route({
      method: 'GET',
      path: '/resource_classes',
      since: 2,
      rule: ofClasses('list'),
      answer: z.strictObject({ resource_classes: z.array(classView) }),
      handler: async (request) => {
        const names = await vocabulary.names('placement_resource_class');
        return fresh(request, { resource_classes: names.map(viewOf) });
      },
    }),
    route({
      method: 'POST',
      path: '/resource_classes',
      since: 2,
      rule: ofClasses('create'),
      body: classBody,
      status: 201,
      handler: async (request) => {
        const { name } = request.body;
        if (!(await vocabulary.make('placement_resource_class', name))) {
          throw conflict(`The resource class ${name} already exists.`, { field: 'name' });
        }
        located(request, `/resource_classes/${name}`);
      },
    }),
    route({
      method: 'GET',
      path: '/resource_classes/:name',
      since: 2,
      rule: ofClasses('show'),
      answer: classView,
      handler: async (request) => {
        const { name } = request.params;
        return fresh(request, viewOf(name), await vocabulary.get('placement_resource_class', name));
      },
    }),
    route({
      method: 'PUT',
      path: '/resource_classes/:name',
      since: 2,
      summary: 'Until 1.6 the class gets another name; since then it is made where it is missing, and no body is read.',
      rule: ofClasses('update'),
      body: (version): z.ZodType<{ name: string } | undefined> =>
        version < 7 ? classBody : z.unknown().transform(() => undefined),
      status: (version) => (version < 7 ? 200 : 201),
      answer: classView,
      handler: async (request) => {
        const { params, body: sent, reply } = request;
        if (sent) {
          await vocabulary.rename(params.name, sent.name);
          return viewOf(sent.name);
        }
        requireCustomName('resource class', params.name);
        located(request, `/resource_classes/${params.name}`);
        const isNew = await vocabulary.make('placement_resource_class', params.name);
        return await reply.code(isNew ? 201 : 204).send();
      },
    }),
    route({
      method: 'DELETE',
      path: '/resource_classes/:name',
      since: 2,
      rule: ofClasses('delete'),
      handler: async ({ params }) => await vocabulary.delete('placement_resource_class', params.name),
    }),
    route({
      method: 'GET',
      path: '/traits',
      since: 6,
      rule: ofTraits('list'),
      query: z.strictObject({ name: queryText.optional(), associated: queryText.optional() }),
      answer: traitsView,
      handler: async (request) => {
        const { name, associated } = request.query;
        const isNamed = namedBy(name);
        const traits = (await vocabulary.names('placement_trait')).filter(isNamed);
        if (associated === undefined) return fresh(request, { traits });
        const isWanted = ['false', 'true'].indexOf(associated.toLowerCase());
        if (isWanted === -1) {
          throw badRequest('The query parameter associated is true or false.', { field: 'associated' });
        }
        const used = new Set([...(await providers.repository.load()).values()].flatMap((provider) => provider.traits));
        return fresh(request, { traits: traits.filter((trait) => used.has(trait) === (isWanted === 1)) });
      },
    }),
    route({
      method: 'GET',
      path: '/traits/:name',
      since: 6,
      status: 204,
      rule: ofTraits('show'),
      handler: async (request) => {
        fresh(request, undefined, await vocabulary.get('placement_trait', request.params.name));
      },
    }),
    route({
      method: 'PUT',
      path: '/traits/:name',
      since: 6,
      status: 201,
      rule: ofTraits('update'),
      handler: async (request) => {
        const { name } = request.params;
        requireCustomName('trait', name);
        const isNew = await vocabulary.make('placement_trait', name);
        located(request, `/traits/${name}`);
        fresh(request, undefined, await vocabulary.get('placement_trait', name));
        return await request.reply.code(isNew ? 201 : 204).send();
      },
    }),
    route({
      method: 'DELETE',
      path: '/traits/:name',
      since: 6,
      rule: ofTraits('delete'),
      handler: async ({ params }) => await vocabulary.delete('placement_trait', params.name),
    }),
  ];
}
