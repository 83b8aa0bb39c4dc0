import { z } from 'zod';

const text = z.string();
/** As long as Glance's columns of text. */
const longText = z.string().max(65_535);
export const nameField = z.string().min(1).max(80);
const names = z.array(nameField);
const amount = z.number().int().min(0);
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const;
const anyOf = z.array(z.union([longText, z.number(), z.boolean()]));

const definitionShape = {
  type: z.enum(TYPES),
  title: longText,
  description: longText.optional(),
  operators: z.array(longText).optional(),
  default: z.unknown().optional(),
  readonly: z.boolean().optional(),
  required: names.optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: anyOf.optional(),
  /** For forms; nothing here is matched against it. */
  pattern: longText.optional(),
  minLength: amount.optional(),
  maxLength: amount.optional(),
  confidential: z.boolean().optional(),
  items: z.strictObject({ type: z.enum(TYPES), enum: anyOf.optional() }).optional(),
  uniqueItems: z.boolean().optional(),
  minItems: amount.optional(),
  maxItems: amount.optional(),
  additionalItems: z.boolean().optional(),
};

/** What a property may be, in JSON Schema's words as far as Glance takes them. */
export const definitionSchema = z.strictObject(definitionShape).meta({ title: 'MetadefDefinition' });
export type PropertyDefinition = z.infer<typeof definitionSchema>;
const definitions = z.record(nameField, definitionSchema);

/** A property by itself has its name beside the definition. */
export const propertySchema = z
  .strictObject({ name: nameField, ...definitionShape })
  .meta({ title: 'MetadefProperty' });
export const propertiesAnswer = z.strictObject({ properties: definitions });

const times = { created_at: text, updated_at: text };
/** Names that Glance keeps to itself are known where they are sent; alone they are answered with 403, see `glance`. */
const readOnly = z.unknown().optional().meta({ readOnly: true });
const stamped = { created_at: readOnly, updated_at: readOnly };
const linked = { ...stamped, self: readOnly, schema: readOnly };
const objectShape = {
  name: nameField,
  description: longText.optional(),
  required: names.optional(),
  properties: definitions.optional(),
};
export const objectBody = z.strictObject({ ...objectShape, ...linked });
export type SentObject = z.infer<typeof objectBody>;
export const objectSchema = z
  .strictObject({ ...objectShape, required: names, properties: definitions, ...times, self: text, schema: text })
  .meta({ title: 'MetadefObject' });

export const tagSchema = z.strictObject({ name: nameField }).meta({ title: 'MetadefTag' });
/** One by itself has its times. */
export const tagAnswer = z.strictObject({ name: nameField, ...times });
export const tagsSchema = z.strictObject({ tags: z.array(tagSchema) });

const associationShape = {
  name: nameField,
  prefix: z.string().max(80).optional(),
  properties_target: z.string().max(80).optional(),
};
export const associationBody = z.strictObject({ ...associationShape, ...stamped });
export type SentAssociation = z.infer<typeof associationBody>;
export const associationSchema = z
  .strictObject({ ...associationShape, ...times })
  .meta({ title: 'MetadefAssociation' });
export const associationsAnswer = z.strictObject({ resource_type_associations: z.array(associationSchema) });
export const resourceTypesAnswer = z.strictObject({
  resource_types: z.array(z.strictObject({ name: text, ...times })),
});

const namespaceShape = {
  namespace: nameField,
  display_name: z.string().max(80).optional(),
  description: z.string().max(500).optional(),
  visibility: z.enum(['public', 'private']).optional(),
  protected: z.boolean().optional(),
  owner: z.string().max(255).optional(),
};
const namespaceSent = z.strictObject({
  ...namespaceShape,
  resource_type_associations: z.array(associationBody).optional(),
  properties: definitions.optional(),
  objects: z.array(objectBody).optional(),
  tags: z.array(tagSchema).optional(),
});
export type SentNamespace = z.infer<typeof namespaceSent>;
export const namespaceSchema = z
  .strictObject({
    ...namespaceShape,
    visibility: z.enum(['public', 'private']),
    protected: z.boolean(),
    ...times,
    self: text,
    schema: text,
    resource_type_associations: z.array(associationSchema).optional(),
    properties: definitions.optional(),
    objects: z.array(objectSchema).optional(),
    tags: z.array(tagSchema).optional(),
  })
  .meta({ title: 'MetadefNamespace' });

/** The namespaces that come with the cloud, as they would be sent. */
export const namespaceListSchema = z.array(namespaceSent);

/** What is sent. */
export const namespaceBody = namespaceSent.extend(linked);
export const propertyBody = z.strictObject({ name: nameField, ...definitionShape, ...stamped });
export const tagBody = z.strictObject({ name: nameField, ...stamped });

export const ofResourceType = z.object({ resource_type: z.string().optional() });
/** Names that Glance keeps to itself. */
export const STAMPS = ['created_at', 'updated_at'];
