import type { ImageView } from '../../../app/contract/openstack.ts';
import type { ImagePatch } from '../../api/image.api.ts';
import { type Property, propertiesOf } from './image-properties.ts';

/** What the edit dialog holds. Formats only while the image waits for its data. */
export interface ImageEdits {
  name: string;
  visibility: ImageView['visibility'];
  /** GiB */
  min_disk: number;
  /** MiB */
  min_ram: number;
  protected: boolean;
  os_hidden: boolean;
  disk_format: string | null;
  tags: string[];
  properties: Property[];
}

export function editsOf(image: ImageView): ImageEdits {
  return {
    name: image.name ?? '',
    visibility: image.visibility,
    min_disk: image.min_disk,
    min_ram: image.min_ram,
    protected: image.protected,
    os_hidden: image.os_hidden,
    disk_format: image.disk_format,
    tags: image.tags,
    properties: propertiesOf(image),
  };
}

/** Only what differs, so that two people who edit different things do not undo each other's. */
export function buildImagePatch(image: ImageView, edits: Partial<ImageEdits>): ImagePatch[] {
  const before = editsOf(image);
  const { properties, ...attributes } = edits;
  const patch: ImagePatch[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    const old = before[name as keyof typeof attributes];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(old)) continue;
    patch.push({ op: 'replace', path: pointerTo(name), value });
  }
  if (properties) patch.push(...patchProperties(before.properties, properties));
  return patch;
}

function patchProperties(before: readonly Property[], after: readonly Property[]): ImagePatch[] {
  const old = new Map(before.map(({ key, value }) => [key, value]));
  const now = new Map(after.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), value]));
  const patch: ImagePatch[] = [];
  for (const key of old.keys()) if (!now.has(key)) patch.push({ op: 'remove', path: pointerTo(key) });
  for (const [key, value] of now) {
    if (!old.has(key)) patch.push({ op: 'add', path: pointerTo(key), value });
    else if (old.get(key) !== value) patch.push({ op: 'replace', path: pointerTo(key), value });
  }
  return patch;
}

/** RFC 6901: `~` and `/` inside a name are written `~0` and `~1`. */
function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
