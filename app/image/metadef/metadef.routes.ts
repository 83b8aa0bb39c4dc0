import { sql } from 'kysely';
import { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import { glance } from '../glance.resource.ts';
import {
  associationBody,
  associationSchema,
  associationsAnswer,
  namespaceBody,
  namespaceSchema,
  ofResourceType,
  resourceTypesAnswer,
  type SentNamespace,
  STAMPS,
} from './metadef.schema.ts';
import { namespaceValues, newAssociation, visibleTo } from './metadef.service.ts';
import type { NamespaceRecord } from './metadef.tables.ts';
import { inNamespace, NAMESPACES, namespaceOf, ONE, type Parts, targetIn } from './metadef.target.ts';
import { times, toAssociationView, toNamespaceDetailView, toNamespaceView } from './metadef.view.ts';
import { objectRoutes, propertyRoutes, tagRoutes } from './metadef-content.routes.ts';

/** `/v2/metadefs`. */
export function metadefRoutes(parts: Parts): RouteDefinition[] {
  return [
    ...namespaceRoutes(parts),
    ...resourceTypeRoutes(parts),
    ...propertyRoutes(parts),
    ...objectRoutes(parts),
    ...tagRoutes(parts),
  ];
}

function namespaceRoutes(parts: Parts): RouteDefinition[] {
  const { metadefs } = parts;
  const target = targetIn(parts);
  const of = glance<NamespaceRecord>({
    records: metadefs.namespaces,
    ...{ path: NAMESPACES, param: 'namespace', schema: namespaceSchema, target },
    view: (record) => toNamespaceView(record),
    scope: ({ context }) => visibleTo(context),
    readOnly: ['self', 'schema', ...STAMPS],
  });
  return [
    of.list({
      rule: 'get_metadef_namespaces',
      ...{ many: 'namespaces', schema: '/v2/schemas/metadefs/namespaces', isPaged: true },
      answer: z.strictObject({
        namespaces: z.array(namespaceSchema),
        ...{ first: z.string(), next: z.string().optional(), schema: z.string() },
      }),
      sorts: {
        created_at: 'createdAt',
        updated_at: 'updatedAt',
        namespace: 'namespace',
        display_name: 'displayName',
        visibility: 'visibility',
        owner: 'owner',
        protected: 'isProtected',
      },
      query: { visibility: z.enum(['public', 'private']).optional(), resource_types: z.string().optional() },
      select: ({ visibility, resource_types }) => ({
        where: visibility === undefined ? [] : [{ attribute: 'visibility', is: '=', value: visibility }],
        also: resource_types === undefined ? [] : [isFor(resource_types.split(','))],
      }),
      views: async (records) => {
        const found = await metadefs.associationsOf(records);
        return records.map((record) => toNamespaceView(record, found.get(record.id)));
      },
    }),
    of.create({
      rule: 'add_metadef_namespace',
      body: namespaceBody,
      make: ({ context }, sent) => metadefs.create(context, sent),
      view: (made, { reply, origin }) => {
        reply.header('location', `${origin}/image${NAMESPACES}/${encodeURIComponent(made.namespace)}`);
        return toNamespaceDetailView(made);
      },
    }),
    route({
      method: 'GET',
      path: ONE,
      rule: 'get_metadef_namespace',
      target,
      query: ofResourceType,
      answer: namespaceSchema,
      handler: async (request) => {
        const detail = await metadefs.detailOf(await namespaceOf(parts, request));
        return toNamespaceDetailView(detail, request.query.resource_type);
      },
    }),
    of.update<SentNamespace>({
      rule: 'modify_metadef_namespace',
      body: namespaceBody,
      change: (stored, sent, { context }) => ({
        ...stored,
        ...namespaceValues(sent),
        owner: sent.owner ?? context.projectId,
        updatedAt: new Date().toISOString(),
      }),
    }),
    of.delete({ rule: 'delete_metadef_namespace' }),
  ];
}

function isFor(types: readonly string[]) {
  const names = sql.join(types.map((type) => sql`${type}`));
  return sql<boolean>`id IN (SELECT namespace_id FROM image_metadef_association WHERE name IN (${names}))`;
}

function resourceTypeRoutes(parts: Parts): RouteDefinition[] {
  const { metadefs } = parts;
  const { target, scope, namespaceId } = inNamespace(parts);
  const of = glance({
    records: metadefs.associations,
    ...{ path: `${ONE}/resource_types`, param: 'resource_type', schema: associationSchema, target, scope },
    view: toAssociationView,
    readOnly: STAMPS,
  });
  return [
    route({
      method: 'GET',
      path: '/v2/metadefs/resource_types',
      rule: 'list_metadef_resource_types',
      answer: resourceTypesAnswer,
      handler: async () => ({
        resource_types: (await metadefs.resourceTypes.list()).map((type) => ({ name: type.name, ...times(type) })),
      }),
    }),
    of.list({ rule: 'get_metadef_resource_type', many: 'resource_type_associations', answer: associationsAnswer }),
    of.create({
      rule: 'add_metadef_resource_type_association',
      body: associationBody,
      make: async (request, sent) =>
        await metadefs.associations.create(request.context, async (trx) =>
          newAssociation(await namespaceId(request, trx), sent),
        ),
    }),
    of.delete({ rule: 'remove_metadef_resource_type_association' }),
  ];
}
