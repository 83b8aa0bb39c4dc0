import type { ImageView } from '../../../app/contract/openstack.ts';
import type { CatalogEntry } from '../../../app/contract/v1.ts';
import { GIB } from '../../design/byte-size.ts';
import type { OsHints } from '../machines/OsIcon.tsx';

/** What a machine can be launched from: an image that is here, or a catalogue entry that is fetched first. */
export interface LaunchSource {
  /** An image's id, or `catalog:<entry>`. */
  id: string;
  name: string;
  summary: string;
  hints: OsHints;
  /** Bytes to download first; null when it is here, or is made on this computer. */
  downloadBytes: number | null;
  /** Null for an image that is here. */
  entry: CatalogEntry | null;
  isBuiltIn: boolean;
  /** GiB and MiB a size must have at least. */
  minDisk: number;
  minRam: number;
  /** Word that machines made of it are named after. */
  stem: string;
  defaultUser: string | null;
}

const CATALOG = 'catalog:';

export const catalogSourceId = (entryId: string): string => CATALOG + entryId;

/** Images that can start a machine now, the newest first, then what the catalogue offers beyond them. */
export function launchSources(images: readonly ImageView[], catalog: readonly CatalogEntry[]): LaunchSource[] {
  const entryOfImage = new Map(catalog.filter((entry) => entry.imageId).map((entry) => [entry.imageId, entry]));
  const here = images
    .filter((image) => image.status === 'active' && !image.os_hidden)
    .map((image) => fromImage(image, entryOfImage.get(image.id)));
  const isHere = new Set(here.map((source) => source.id));
  const offered = catalog
    .filter((entry) => entry.imageId === null || !isHere.has(entry.imageId))
    .map(fromEntry)
    .sort((a, b) => Number(b.isBuiltIn) - Number(a.isBuiltIn));
  return [...here, ...offered];
}

function fromImage(image: ImageView, entry: CatalogEntry | undefined): LaunchSource {
  const name = image.name ?? image.id;
  const virtualGib = image.virtual_size ? Math.ceil(image.virtual_size / GIB) : 0;
  return {
    id: image.id,
    name,
    summary: entry?.summary ?? '',
    hints: { ...image, ...(entry ? { family: entry.family } : {}) },
    downloadBytes: null,
    entry: null,
    isBuiltIn: entry?.builtIn ?? false,
    minDisk: Math.max(image.min_disk, virtualGib),
    minRam: image.min_ram,
    stem: entry?.family ?? (typeof image.os_distro === 'string' ? image.os_distro : name),
    defaultUser: entry?.defaultUser ?? null,
  };
}

function fromEntry(entry: CatalogEntry): LaunchSource {
  return {
    id: catalogSourceId(entry.id),
    name: entry.version ? `${entry.name} ${entry.version}` : entry.name,
    summary: entry.summary,
    hints: { family: entry.family, name: entry.name, disk_format: entry.diskFormat },
    downloadBytes: entry.builtIn ? null : entry.size,
    entry,
    isBuiltIn: entry.builtIn,
    minDisk: entry.minDiskGib,
    minRam: entry.minRamMib,
    stem: entry.family,
    defaultUser: entry.defaultUser,
  };
}

/** As many cards as leave the rest of the form in sight. */
const FIRST = 6;

/** What is here, then one of each family, and what is chosen whatever it is. */
export function firstSources(sources: readonly LaunchSource[], chosen: string): LaunchSource[] {
  const families = new Set<string>();
  const first = sources.filter((source) => {
    if (!source.entry) return true;
    const isNew = !families.has(source.entry.family);
    families.add(source.entry.family);
    return isNew;
  });
  const cut = first.slice(0, FIRST);
  const missing = sources.find((source) => source.id === chosen && !cut.includes(source));
  return missing ? [...cut.slice(0, FIRST - 1), missing] : cut;
}

/** Those in which every word is found. */
export function matchSources(sources: readonly LaunchSource[], query: string): LaunchSource[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return sources.filter((source) => {
    const text = `${source.name} ${source.stem} ${source.summary}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
