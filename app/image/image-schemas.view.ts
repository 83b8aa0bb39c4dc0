import { DISK_FORMATS } from './formats/inspect.ts';
import { CONTAINER_FORMATS, IMAGE_STATUSES, MEMBER_STATUSES, VISIBILITIES } from './image.values.ts';

const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });
const readOnly = (description: string, more: object = {}) => text(description, { readOnly: true, ...more });
const nullable = (type: string, description: string, more: object = {}) => ({
  type: ['null', type],
  description,
  ...more,
});

/** JSON schemas as `GET /v2/schemas/...` tells clients; `glance` reads them to know which attributes are properties. */
const IMAGE_SCHEMA = {
  name: 'image',
  properties: {
    id: text('An identifier for the image', { pattern: UUID_PATTERN }),
    name: nullable('string', 'Descriptive name for the image', { maxLength: 255 }),
    status: readOnly('Status of the image', { enum: IMAGE_STATUSES }),
    visibility: text('Scope of image accessibility', { enum: VISIBILITIES }),
    protected: { type: 'boolean', description: 'If true, image will not be deletable.' },
    os_hidden: { type: 'boolean', description: 'If true, image will not appear in default image list response.' },
    checksum: nullable('string', 'md5 hash of image contents.', { readOnly: true, maxLength: 32 }),
    os_hash_algo: nullable('string', 'Algorithm to calculate the os_hash_value', { readOnly: true, maxLength: 64 }),
    os_hash_value: nullable('string', 'Hexdigest of the image contents', { readOnly: true, maxLength: 128 }),
    owner: nullable('string', 'Owner of the image', { maxLength: 255 }),
    size: nullable('integer', 'Size of image file in bytes', { readOnly: true }),
    virtual_size: nullable('integer', 'Virtual size of image in bytes', { readOnly: true }),
    container_format: nullable('string', 'Format of the container', { enum: [null, ...CONTAINER_FORMATS] }),
    disk_format: nullable('string', 'Format of the disk', { enum: [null, ...DISK_FORMATS] }),
    created_at: readOnly('Date and time of image registration'),
    updated_at: readOnly('Date and time of the last image modification'),
    tags: {
      type: 'array',
      description: 'List of strings related to the image',
      items: { type: 'string', maxLength: 255 },
    },
    min_ram: { type: 'integer', description: 'Amount of ram (in MB) required to boot image.' },
    min_disk: { type: 'integer', description: 'Amount of disk space (in GB) required to boot image.' },
    self: readOnly('An image self url'),
    file: readOnly('An image file url'),
    schema: readOnly('An image schema url'),
  },
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

const MEMBER_SCHEMA = {
  name: 'member',
  properties: {
    member_id: text('An identifier for the image member (tenantId)'),
    image_id: text('An identifier for the image', { pattern: UUID_PATTERN }),
    created_at: text('Date and time of image member creation'),
    updated_at: text('Date and time of last modification of image member'),
    status: text('The status of this image member', { enum: MEMBER_STATUSES }),
    schema: { readOnly: true, type: 'string' },
  },
  additionalProperties: false,
};

function collection(name: string, item: object, links: object[]) {
  return {
    name,
    properties: {
      [name]: { type: 'array', items: item },
      first: { type: 'string' },
      next: { type: 'string' },
      schema: { type: 'string' },
    },
    links,
  };
}

const PAGE_LINKS = [
  { rel: 'first', href: '{first}' },
  { rel: 'next', href: '{next}' },
  { rel: 'describedby', href: '{schema}' },
];

const TASK_PROPERTIES = {
  id: text('An identifier of the task', { pattern: UUID_PATTERN }),
  type: text('What kind of task it is', { enum: ['import', 'api_image_import', 'location_import'] }),
  status: text('How far it is', { enum: ['pending', 'processing', 'success', 'failure'] }),
  owner: nullable('string', 'The project it is done for'),
  image_id: text('The image it makes'),
  request_id: text('The request that asked for it'),
  user_id: text('Who asked for it'),
  expires_at: nullable('string', 'When it is forgotten'),
  created_at: text('Date and time of its making'),
  updated_at: text('Date and time of its last change'),
  self: { readOnly: true, type: 'string' },
  schema: { readOnly: true, type: 'string' },
};
const TASK_STUB = { name: 'task', properties: TASK_PROPERTIES, additionalProperties: false };
const TASK_SCHEMA = {
  ...TASK_STUB,
  properties: {
    ...TASK_PROPERTIES,
    input: nullable('object', 'What it was asked to do'),
    result: nullable('object', 'What came of it'),
    message: text('What there is to say of it, most of all when it failed'),
  },
};

export const IMAGE_SCHEMAS: Record<string, object> = {
  image: IMAGE_SCHEMA,
  images: collection('images', IMAGE_SCHEMA, PAGE_LINKS),
  member: MEMBER_SCHEMA,
  members: collection('members', MEMBER_SCHEMA, [{ rel: 'describedby', href: '{schema}' }]),
  task: TASK_SCHEMA,
  tasks: collection('tasks', TASK_STUB, PAGE_LINKS),
};
