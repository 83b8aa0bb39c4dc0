import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { action, actionBody, actionRule, named } from '../http/action.ts';
import { booleanField, queryText } from '../http/field.schema.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { Condition, Narrowing } from '../resource/collection-query.ts';
import { missing } from '../resource/missing.ts';
import { cinder, type Frame, type Query } from './cinder.resource.ts';
import { parseSpecs } from './python-dict.ts';
import { type Specs, specsField, specsRoutes, specsSchema } from './specs.routes.ts';
import { changedType, descriptionField, nameField, publicFilter, typeChange } from './type.schema.ts';
import { typesFor, usableBy, type VolumeTypeService } from './volume-type.service.ts';
import type { VolumeTypeRecord } from './volume-type.tables.ts';

const text = z.string();
const schema = z
  .strictObject({
    id: text,
    name: text,
    description: text.nullable(),
    is_public: z.boolean(),
    'os-volume-type-access:is_public': z.boolean().optional(),
    extra_specs: specsSchema.optional(),
    qos_specs_id: text.nullable().optional(),
  })
  .meta({ title: 'VolumeType' });

const createBody = z.strictObject({
  name: nameField,
  description: descriptionField.optional(),
  extra_specs: specsField.optional(),
  'os-volume-type-access:is_public': booleanField.optional(),
});
const projectValue = z.strictObject({ project: text.min(1).max(255) });

/** Filters that only administrators have. */
const COLUMNS = { id: 'id', name: 'name', description: 'description', qos_specs_id: 'qosSpecsId' } as const;
const SORTS = { ...COLUMNS, created_at: 'createdAt', updated_at: 'createdAt', is_public: 'isPublic' } as const;
const filters = Object.fromEntries(
  [...Object.keys(COLUMNS), 'is_public', 'extra_specs'].map((name) => [name, queryText.optional()]),
);

/** What everybody may know of a type; the rest tells of the storage behind it. */
const OPEN_SPECS = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];
const rule = (name: string) => `volume_extension:${name}`;
const SENSITIVE = rule('types_extra_specs:read_sensitive');

/** `/types`, with their extra specs and who may use them. */
export function volumeTypeRoutes({ types }: { types: VolumeTypeService }): RouteDefinition[] {
  const path = '/types';
  const kind = {
    records: types.records,
    ...{ path, one: 'volume_type', many: 'volume_types', links: 'volume_type_links', param: 'type_id' },
    schema,
    view,
    scope: ({ context }: Frame) => typesFor(context),
  };
  const of = cinder<VolumeTypeRecord>(kind);
  const actions = {
    addProjectAccess: action({
      rule: rule('volume_type_access:addProjectAccess'),
      value: projectValue,
      run: async ({ context, id }, { project }) => await types.addAccess(context, id, project),
    }),
    removeProjectAccess: action({
      rule: rule('volume_type_access:removeProjectAccess'),
      value: projectValue,
      run: async ({ context, id }, { project }) => await types.removeAccess(context, id, project),
    }),
  };
  return [
    of.list({ rule: rule('type_get_all'), sorts: SORTS, query: filters, select }),
    of.show({
      rule: rule('type_get'),
      find: async (id, { context }) =>
        id === 'default' ? await types.default(context) : await types.records.get(id, undefined, typesFor(context)),
    }),
    of.create({
      rule: rule('type_create'),
      body: createBody,
      make: (_frame, { name, description = null, extra_specs = {}, ...sent }) => ({
        id: randomUUID(),
        name,
        description,
        isPublic: sent['os-volume-type-access:is_public'] ?? true,
        isDefault: false,
        extraSpecs: extra_specs,
        qosSpecsId: null,
        createdAt: new Date().toISOString(),
      }),
      view: (type) => ({ ...changedView(type), 'os-volume-type-access:is_public': type.isPublic }),
    }),
    of.update({ rule: rule('type_update'), body: typeChange, change: changedType, view: changedView }),
    of.delete({ rule: rule('type_delete') }),
    route({
      method: 'GET',
      path: `${path}/:type_id/os-volume-type-access`,
      rule: rule('volume_type_access:get_all_for_type'),
      answer: z.strictObject({
        volume_type_access: z.array(z.strictObject({ volume_type_id: text, project_id: text })),
      }),
      handler: async ({ params: { type_id } }) => {
        const projects = await types.projectsOf(type_id);
        return { volume_type_access: projects.map((project_id) => ({ volume_type_id: type_id, project_id })) };
      },
    }),
    route({
      method: 'POST',
      path: `${path}/:type_id/action`,
      rule: actionRule(actions),
      body: actionBody(actions),
      status: 202,
      handler: async ({ params: { type_id: id }, body, ...request }) => {
        const { action: asked, value } = named(actions, body);
        await asked.run({ ...request, id }, value);
      },
    }),
    ...specsRoutes<VolumeTypeRecord>({
      ...kind,
      many: 'extra_specs',
      attribute: 'extraSpecs',
      events: 'volume_type_extra_specs',
      rule: (verb) => rule(`types_extra_specs:${verb === 'list' ? 'index' : verb}`),
      createStatus: 200,
      missing: (id, key) => missing(`Volume Type ${id} has no extra specs with key ${key}.`),
      visible,
    }),
  ];
}

/** To who changes it, as Cinder answers. */
function changedView({ id, name, description, isPublic, extraSpecs }: VolumeTypeRecord) {
  return { id, name, description, is_public: isPublic, extra_specs: extraSpecs };
}

function view(type: VolumeTypeRecord, { allows, ...frame }: Frame) {
  const { id, name, description, isPublic, extraSpecs, qosSpecsId } = type;
  return {
    id,
    name,
    description,
    is_public: isPublic,
    ...(allows(rule('volume_type_access')) && { 'os-volume-type-access:is_public': isPublic }),
    ...(allows(rule('access_types_extra_specs')) && { extra_specs: visible(extraSpecs, { allows, ...frame }) }),
    ...(allows(rule('access_types_qos_specs_id')) && { qos_specs_id: qosSpecsId }),
  };
}

function visible(specs: Specs, { allows }: Pick<Frame, 'allows'>): Specs {
  if (allows(SENSITIVE)) return specs;
  return Object.fromEntries(Object.entries(specs).filter(([key]) => OPEN_SPECS.includes(key)));
}

/** Only administrators choose between public types and others; what a filter asks of must be theirs to see. */
function select(query: Query, { context, version, allows }: Frame) {
  const asked = Object.entries(COLUMNS).flatMap(([name, attribute]) =>
    query[name] === undefined ? [] : [{ attribute, is: '=', value: query[name], name } as const],
  );
  if (!context.isAdmin && version >= 52 && asked[0]) {
    const names = asked.map(({ name }) => name).join(',');
    throw new UserError('bad_request', `Invalid filters ${names} are found in query options.`, { field: names });
  }
  // Before 3.52 extra specs were a filter of administrators only.
  const specs = version >= 52 || context.isAdmin ? parseSpecs(query.extra_specs) : {};
  const isHidden = !allows(SENSITIVE) && Object.keys(specs).some((key) => !OPEN_SPECS.includes(key));
  const where: Narrowing[] = [
    ...(context.isAdmin ? asked.map(({ attribute, is, value }) => ({ attribute, is, value })) : []),
    ...(isHidden ? [NOTHING] : []),
    ...Object.entries(specs).map(
      ([member, value]): Condition => ({
        attribute: 'extraSpecs',
        member,
        // Cinder keeps several zones in one text.
        is: member === 'RESKEY:availability_zones' ? 'contains' : '=',
        value,
      }),
    ),
  ];
  const isPublic = context.isAdmin ? publicFilter(query.is_public) : null;
  if (isPublic === null) return { where };
  if (isPublic) return { where: [...where, usableBy(context.projectId)] };
  return { where: [...where, { attribute: 'isPublic', is: '=' as const, value: false }] };
}

const NOTHING: Condition = { attribute: 'id', is: 'in', value: [] };
