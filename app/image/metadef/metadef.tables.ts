import {
  column,
  flag,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
  time,
} from '../../database/table.ts';
import type { PropertyDefinition } from './metadef.schema.ts';
import type * as declared from './metadef.tables.ts';

export const namespaces = smallTable('image_metadef_namespace', {
  /** Only what belongs to it knows it by this; people know it by its name, which may change. */
  id: text,
  namespace: text,
  displayName: nullable(text),
  description: nullable(text),
  visibility: textOf<'public' | 'private'>(),
  isProtected: column('protected', flag),
  /** Project; null where everybody's, as with those that come with the cloud. */
  owner: nullable(text),
  createdAt: time,
  updatedAt: time,
});
export type NamespaceRecord = RecordOf<typeof namespaces>;

const content = { namespaceId: text, name: text, createdAt: time, updatedAt: time };

/** Properties that are set together. */
export const objects = table('image_metadef_object', {
  ...content,
  description: nullable(text),
  required: json<string[]>(),
  properties: json<Record<string, PropertyDefinition>>(),
});
export type ObjectRecord = RecordOf<typeof objects>;

export const properties = table('image_metadef_property', { ...content, definition: json<PropertyDefinition>() });
export type PropertyRecord = RecordOf<typeof properties>;

export const tags = table('image_metadef_tag', content);
export type TagRecord = RecordOf<typeof tags>;

/** Kinds of things that definitions are for, such as `OS::Nova::Flavor`; one that was named once stays known. */
export const resourceTypes = smallTable('image_metadef_resource_type', {
  name: text,
  createdAt: time,
  updatedAt: time,
});
export type ResourceTypeRecord = RecordOf<typeof resourceTypes>;

/** Which of them a namespace is for, and what its properties begin with there. */
export const associations = table('image_metadef_association', {
  ...content,
  prefix: nullable(text),
  propertiesTarget: nullable(text),
});
export type AssociationRecord = RecordOf<typeof associations>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
