import { z } from 'zod';
import { parseBoolean } from '../../http/boolean-text.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { validate } from '../../http/validation.ts';
import { glance } from '../glance.resource.ts';
import {
  nameField,
  objectBody,
  objectSchema,
  ofResourceType,
  propertiesAnswer,
  propertyBody,
  propertySchema,
  STAMPS,
  tagAnswer,
  tagBody,
  tagsSchema,
} from './metadef.schema.ts';
import { newContent, newObject, objectValues } from './metadef.service.ts';
import { inNamespace, nameOf, ONE, type Parts } from './metadef.target.ts';
import { times, toObjectView, toPropertiesView, toPropertyView } from './metadef.view.ts';

const SORTS = { created_at: 'createdAt', updated_at: 'updatedAt', name: 'name' } as const;

export function propertyRoutes(parts: Parts): RouteDefinition[] {
  const { metadefs } = parts;
  const { target, scope, namespaceId } = inNamespace(parts);
  const path = `${ONE}/properties`;
  const of = glance({
    records: metadefs.properties,
    ...{ path, param: 'property', schema: propertySchema, target, scope },
    view: toPropertyView,
    readOnly: STAMPS,
  });
  return [
    route({
      method: 'GET',
      path,
      rule: 'get_metadef_properties',
      target,
      answer: propertiesAnswer,
      handler: async (request) => ({
        properties: toPropertiesView(await metadefs.properties.list(await scope(request))),
      }),
    }),
    of.create({
      rule: 'add_metadef_property',
      body: propertyBody,
      make: async (request, { name, ...definition }) =>
        await metadefs.properties.create(request.context, async (trx) => ({
          ...newContent(await namespaceId(request, trx), name),
          definition,
        })),
    }),
    of.deleteAll({ rule: 'delete_metadef_namespace' }),
    route({
      method: 'GET',
      path: `${path}/:property`,
      rule: 'get_metadef_property',
      target,
      query: ofResourceType,
      answer: propertySchema,
      // On a type of resource a property is asked for by the name that it has there.
      handler: async (request) => {
        const { params, query } = request;
        const within = await scope(request);
        const type = query.resource_type;
        const prefix = type === undefined ? '' : (await metadefs.associations.get(type, undefined, within)).prefix;
        if (prefix === null || !params.property.startsWith(prefix)) {
          throw metadefs.properties.kind.notFound(params.property, within);
        }
        const name = params.property.slice(prefix.length);
        return toPropertyView(await metadefs.properties.get(name, undefined, within));
      },
    }),
    of.update({
      rule: 'modify_metadef_property',
      body: propertyBody,
      change: (stored, { name, ...definition }) => ({
        ...stored,
        name,
        definition,
        updatedAt: new Date().toISOString(),
      }),
    }),
    of.delete({ rule: 'remove_metadef_property' }),
  ];
}

export function objectRoutes(parts: Parts): RouteDefinition[] {
  const { metadefs } = parts;
  const { target, scope, namespaceId } = inNamespace(parts);
  const of = glance({
    records: metadefs.objects,
    ...{ path: `${ONE}/objects`, param: 'object', schema: objectSchema, target, scope },
    view: (record, frame) => toObjectView(record, nameOf(frame)),
    readOnly: ['self', 'schema', ...STAMPS],
  });
  return [
    of.list({
      rule: 'get_metadef_objects',
      ...{ many: 'objects', schema: '/v2/schemas/metadefs/objects', sorts: SORTS },
      answer: z.strictObject({ objects: z.array(objectSchema), schema: z.string() }),
    }),
    of.create({
      rule: 'add_metadef_object',
      body: objectBody,
      make: async (request, sent) =>
        await metadefs.objects.create(request.context, async (trx) => newObject(await namespaceId(request, trx), sent)),
    }),
    of.deleteAll({ rule: 'delete_metadef_namespace' }),
    of.show({ rule: 'get_metadef_object' }),
    of.update({
      rule: 'modify_metadef_object',
      body: objectBody,
      change: (stored, sent) => ({ ...stored, ...objectValues(sent), updatedAt: new Date().toISOString() }),
    }),
    of.delete({ rule: 'delete_metadef_object' }),
  ];
}

export function tagRoutes(parts: Parts): RouteDefinition[] {
  const { metadefs } = parts;
  const { target, scope, namespaceId } = inNamespace(parts);
  const path = `${ONE}/tags`;
  const of = glance({
    records: metadefs.tags,
    ...{ path, param: 'tag', schema: tagAnswer, target, scope },
    view: (record) => ({ name: record.name, ...times(record) }),
    readOnly: STAMPS,
  });
  return [
    of.list({
      rule: 'get_metadef_tags',
      ...{ many: 'tags', answer: tagsSchema, sorts: SORTS },
      views: async (records) => records.map(({ name }) => ({ name })),
    }),
    route({
      method: 'POST',
      path,
      rule: 'add_metadef_tags',
      target,
      body: tagsSchema,
      answer: tagsSchema,
      status: 201,
      handler: async (request) => {
        const { context, body, raw } = request;
        const appends = parseBoolean(String(raw.headers['x-openstack-append'])) === true;
        const names = body.tags.map(({ name }) => name);
        await metadefs.addTags(context, (trx) => namespaceId(request, trx), names, appends);
        return body;
      },
    }),
    of.deleteAll({ rule: 'delete_metadef_namespace', also: ['delete_metadef_tags'] }),
    of.show({ rule: 'get_metadef_tag' }),
    route({
      method: 'POST',
      path: `${path}/:tag`,
      rule: 'add_metadef_tag',
      target,
      answer: tagAnswer,
      status: 201,
      handler: async (request) => {
        const { tag: name } = validate(z.strictObject({ tag: nameField }), { tag: request.params.tag }, 'body');
        const made = await metadefs.tags.create(request.context, async (trx) =>
          newContent(await namespaceId(request, trx), name),
        );
        return { name: made.name, ...times(made) };
      },
    }),
    of.update({
      rule: 'modify_metadef_tag',
      body: tagBody,
      change: (stored, { name }) => ({ ...stored, name, updatedAt: new Date().toISOString() }),
    }),
    of.delete({ rule: 'delete_metadef_tag' }),
  ];
}
