import type { ImageView } from '../../../app/contract/openstack.ts';

/** What the Image API gives beside the properties people set. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'id',
  'name',
  'status',
  'visibility',
  'owner',
  'disk_format',
  'container_format',
  'size',
  'virtual_size',
  'min_disk',
  'min_ram',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'protected',
  'os_hidden',
  'tags',
  'created_at',
  'updated_at',
  'self',
  'file',
  'schema',
  'stores',
  'direct_url',
  'locations',
]);

export interface Property {
  key: string;
  value: string;
}

export function isAttribute(name: string): boolean {
  return ATTRIBUTES.has(name);
}

/** Further properties such as `os_distro`, by name. */
export function propertiesOf(image: ImageView): Property[] {
  return Object.entries(image)
    .flatMap(([key, value]) => (!isAttribute(key) && typeof value === 'string' ? [{ key, value }] : []))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
