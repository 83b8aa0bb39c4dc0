import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { booleanField, queryText } from '../http/field.schema.ts';
import type { RouteDefinition } from '../http/route.ts';
import type { Condition } from '../resource/collection-query.ts';
import { missing } from '../resource/missing.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import { cinder, type Frame, type Query } from './cinder.resource.ts';
import { type GroupTypeRecord, groupTypes } from './group-type.tables.ts';
import { specsField, specsRoutes, specsSchema } from './specs.routes.ts';
import { changedType, descriptionField, nameField, publicFilter, typeChange } from './type.schema.ts';

export type GroupTypes = Resource<GroupTypeRecord>;

/** Kinds of groups of volumes. Those that are not public are administrators' only. */
export function groupTypeResource(parts: ResourceParts): GroupTypes {
  return new Resource<GroupTypeRecord>(
    {
      table: groupTypes,
      notFound: (id) => missing(`Group type ${id} could not be found.`),
      events: { created: 'group_type.create', updated: 'group_type.update', deleted: 'group_type.delete' },
      told: ({ isPublic, name }) => ({ projectId: isPublic ? '*' : null, payload: { name } }),
      unique: [
        {
          attributes: ['name'],
          taken: ({ name }) =>
            new UserError('conflict', `Group Type ${name} already exists.`, { field: 'group_type.name' }),
        },
      ],
    },
    parts,
  );
}

const text = z.string();
const schema = z
  .strictObject({
    id: text,
    name: text,
    description: text.nullable(),
    is_public: z.boolean(),
    group_specs: specsSchema.optional(),
  })
  .meta({ title: 'GroupType' });
const createBody = z.strictObject({
  name: nameField,
  description: descriptionField.optional(),
  is_public: booleanField.optional(),
  group_specs: specsField.nullable().optional(),
});
const SORTS = {
  id: 'id',
  name: 'name',
  description: 'description',
  is_public: 'isPublic',
  created_at: 'createdAt',
  updated_at: 'createdAt',
} as const;

/** `/group_types` and their specs, from 3.11 on. */
export function groupTypeRoutes({ groupTypes }: { groupTypes: GroupTypes }): RouteDefinition[] {
  const rule = (verb: string) => `group:group_types:${verb}`;
  const kind = {
    records: groupTypes,
    path: '/group_types',
    ...{ one: 'group_type', many: 'group_types', links: 'group_type_links', param: 'group_type_id' },
    since: 11,
    schema,
    view,
    scope: ({ context }: Frame) => (context.isAdmin ? {} : { is: { isPublic: true } }),
  };
  const of = cinder<GroupTypeRecord>(kind);
  return [
    of.list({ rule: rule('get_all'), sorts: SORTS, query: { is_public: queryText.optional() }, select }),
    of.show({
      rule: rule('get'),
      find: async (id, frame) => {
        if (id !== 'default') return await groupTypes.get(id, undefined, kind.scope(frame));
        throw missing('Default group type can not be found.');
      },
    }),
    of.create({
      rule: rule('create'),
      body: createBody,
      make: (_frame, { name, description = null, is_public: isPublic = true, group_specs }) => ({
        ...{ id: randomUUID(), name, description, isPublic, groupSpecs: group_specs ?? {} },
        createdAt: new Date().toISOString(),
      }),
      status: 202,
    }),
    of.update({ rule: rule('update'), body: typeChange, change: changedType }),
    of.delete({ rule: rule('delete') }),
    ...specsRoutes<GroupTypeRecord>({
      ...kind,
      many: 'group_specs',
      attribute: 'groupSpecs',
      events: 'group_type_specs',
      rule: (verb) => `group:group_types_specs:${VERBS[verb]}`,
      createStatus: 202,
      missing: (id, key) => missing(`Group Type ${id} has no specs with key ${key}.`),
    }),
  ];
}

const VERBS = { list: 'get_all', show: 'get', create: 'create', update: 'update', delete: 'delete' } as const;

function view({ id, name, description, isPublic, groupSpecs }: GroupTypeRecord, { allows }: Frame) {
  const base = { id, name, description, is_public: isPublic };
  return { ...base, ...(allows('group:access_group_types_specs') && { group_specs: groupSpecs }) };
}

/** Only administrators choose between public types and others. */
function select(query: Query, { context }: Frame) {
  const isPublic = context.isAdmin ? publicFilter(query.is_public) : null;
  const where: Condition[] = isPublic === null ? [] : [{ attribute: 'isPublic', is: '=', value: isPublic }];
  return { where };
}
