import { seconds } from '../glance.resource.ts';
import type { NamespaceDetail } from './metadef.service.ts';
import type { AssociationRecord, NamespaceRecord, ObjectRecord, PropertyRecord } from './metadef.tables.ts';

/** What is not set is left out, as in Glance: clients check answers against schemas that know no null. */
export function toNamespaceView(record: NamespaceRecord, associations: readonly AssociationRecord[] = []) {
  const { namespace, displayName, description, owner } = record;
  return {
    namespace,
    ...(displayName !== null && { display_name: displayName }),
    ...(description !== null && { description }),
    visibility: record.visibility,
    protected: record.isProtected,
    ...(owner !== null && { owner }),
    ...times(record),
    self: `/v2/metadefs/namespaces/${namespace}`,
    schema: '/v2/schemas/metadefs/namespace',
    ...(associations.length > 0 && { resource_type_associations: associations.map(toAssociationView) }),
  };
}

/** With the names that properties have on `resourceType`, where that is given. */
export function toNamespaceDetailView(detail: NamespaceDetail, resourceType?: string) {
  const { namespace, properties, objects, tags, associations } = detail;
  const prefix = associations.find(({ name }) => name === resourceType)?.prefix ?? '';
  return {
    ...toNamespaceView(detail, associations),
    ...(properties.length > 0 && { properties: toPropertiesView(properties, prefix) }),
    ...(objects.length > 0 && { objects: objects.map((object) => toObjectView(object, namespace, prefix)) }),
    ...(tags.length > 0 && { tags: tags.map(({ name }) => ({ name })) }),
  };
}

export function toObjectView(object: ObjectRecord, namespace: string, prefix = '') {
  const { name, description, required, properties } = object;
  return {
    name,
    ...(description !== null && { description }),
    required: required.map((each) => prefix + each),
    properties: prefixed(Object.entries(properties), prefix),
    ...times(object),
    self: `/v2/metadefs/namespaces/${namespace}/objects/${name}`,
    schema: '/v2/schemas/metadefs/object',
  };
}

export function toPropertiesView(properties: readonly PropertyRecord[], prefix = '') {
  return prefixed(
    properties.map(({ name, definition }) => [name, definition]),
    prefix,
  );
}

export function toPropertyView({ name, definition }: PropertyRecord) {
  return { name, ...definition };
}

export function toAssociationView(association: AssociationRecord) {
  const { name, prefix, propertiesTarget } = association;
  return {
    name,
    ...(prefix !== null && { prefix }),
    ...(propertiesTarget !== null && { properties_target: propertiesTarget }),
    ...times(association),
  };
}

export function times({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }) {
  return { created_at: seconds(createdAt), updated_at: seconds(updatedAt) };
}

function prefixed<T>(entries: readonly (readonly [string, T])[], prefix: string): Record<string, T> {
  return Object.fromEntries(entries.map(([name, value]) => [prefix + name, value]));
}
