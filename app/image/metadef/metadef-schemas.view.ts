/** JSON schemas as `GET /v2/schemas/metadefs/...` tells clients, which check by them what they send and get. */
const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });
const name = (description: string) => text(description, { maxLength: 80 });
const time = (description: string) => text(description, { readOnly: true, format: 'date-time' });
const link = { readOnly: true, type: 'string' };
const ref = (definition: string) => ({ $ref: `#/definitions/${definition}` });
const list = (items: object) => ({ type: 'array', items });

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string', null];
const AMOUNTS = {
  positiveInteger: { type: 'integer', minimum: 0 },
  positiveIntegerDefault0: { allOf: [ref('positiveInteger'), { default: 0 }] },
  stringArray: { type: 'array', items: { type: 'string' }, uniqueItems: true },
};

const definition = {
  title: text('What people read in place of the name.'),
  description: text('What it is for.'),
  operators: list({ type: 'string' }),
  type: { type: 'string', enum: TYPES },
  required: ref('stringArray'),
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: ref('positiveInteger'),
  minLength: ref('positiveIntegerDefault0'),
  pattern: { type: 'string', format: 'regex' },
  enum: { type: 'array' },
  readonly: { type: 'boolean' },
  default: {},
  items: { type: 'object', properties: { type: { type: 'string', enum: TYPES }, enum: { type: 'array' } } },
  maxItems: ref('positiveInteger'),
  minItems: ref('positiveIntegerDefault0'),
  uniqueItems: { type: 'boolean', default: false },
  additionalItems: { type: 'boolean' },
};
const DEFINITIONS = {
  ...AMOUNTS,
  property: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['title', 'type'],
      properties: { name: name('Its name.'), ...definition },
    },
  },
};

const stamps = (what: string) => ({
  created_at: time(`When the ${what} was made.`),
  updated_at: time(`When the ${what} was changed last.`),
});
const links = { schema: link, self: link };

const namespace = {
  name: 'namespace',
  properties: {
    namespace: name('The name that no other namespace has.'),
    display_name: name('What people read in place of it.'),
    description: text('What the definitions in it are about.', { maxLength: 500 }),
    visibility: text('Who sees it: everybody, or its project.', { enum: ['public', 'private'] }),
    protected: { type: 'boolean', description: 'Whether it is kept from being deleted.' },
    owner: text('The project it belongs to.', { maxLength: 255 }),
    ...stamps('namespace'),
    ...links,
    resource_type_associations: list({
      type: 'object',
      properties: { name: { type: 'string' }, prefix: { type: 'string' }, properties_target: { type: 'string' } },
    }),
    properties: ref('property'),
    objects: list({
      type: 'object',
      properties: {
        name: { type: 'string' },
        description: { type: 'string' },
        required: ref('stringArray'),
        properties: ref('property'),
      },
    }),
    tags: list({ type: 'object', properties: { name: { type: 'string' } } }),
  },
  additionalProperties: false,
  required: ['namespace'],
};

const object = {
  name: 'object',
  properties: {
    name: name('Its name in the namespace.'),
    description: text('What the properties say together.'),
    required: ref('stringArray'),
    properties: ref('property'),
    ...links,
    ...stamps('object'),
  },
  additionalProperties: false,
  required: ['name'],
};

const property = {
  name: 'property',
  properties: { name: name('Its name in the namespace, without a prefix.'), ...definition },
  additionalProperties: false,
  required: ['name', 'title', 'type'],
};

const tag = {
  name: 'tag',
  properties: { name: name('Its name in the namespace.'), ...stamps('tag') },
  additionalProperties: false,
  required: ['name'],
};

const resourceType = {
  name: 'resource_type_association',
  properties: {
    name: name('The type of resource, by the name that Heat has for it.'),
    prefix: name('What the names of the properties begin with on it, with the sign that parts them.'),
    properties_target: name('Which of its several sets of keys is meant, such as image on a volume.'),
    ...stamps('association'),
  },
  additionalProperties: false,
  required: ['name'],
};

const PAGE = {
  properties: { first: { type: 'string' }, next: { type: 'string' }, schema: { type: 'string' } },
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

function listOf(many: string, schema: object, definitions?: object) {
  const properties = { [many]: list(schema), ...PAGE.properties };
  return { name: many, properties, links: PAGE.links, ...(definitions && { definitions }) };
}

export const METADEF_SCHEMAS: Readonly<Record<string, object>> = {
  namespace: { ...namespace, definitions: DEFINITIONS },
  namespaces: listOf('namespaces', namespace, DEFINITIONS),
  object: { ...object, definitions: DEFINITIONS },
  objects: listOf('objects', object, DEFINITIONS),
  property: { ...property, definitions: AMOUNTS },
  properties: {
    name: 'properties',
    properties: { properties: { type: 'object', additionalProperties: property }, ...PAGE.properties },
    links: PAGE.links,
    definitions: AMOUNTS,
  },
  tag,
  tags: listOf('tags', tag),
  resource_type: resourceType,
  resource_types: listOf('resource_type_associations', resourceType),
};
