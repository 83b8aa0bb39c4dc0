import type { FlavorView } from '../../../app/contract/openstack.ts';
import { formatMemory } from '../../design/byte-size.ts';
import { t } from '../../i18n/i18n.ts';
import { type Bounds, tightest } from '../../kernel/tightest-bound.ts';
import type { LaunchSource } from './launch-source.ts';

/** Why this size cannot carry that image, or null. */
export function tooSmall(flavor: FlavorView, source: LaunchSource | undefined): string | null {
  if (!source) return null;
  if (flavor.ram < source.minRam) return t('launch:size.needsRam', { memory: formatMemory(source.minRam) });
  // A root disk of 0 takes the image's own size.
  if (flavor.disk > 0 && flavor.disk < source.minDisk) return t('launch:size.needsDisk', { disk: source.minDisk });
  return null;
}

/** What a machine of that size has beside its first disk, a line each. */
export function furtherDisks(flavor: FlavorView): string[] {
  const { 'OS-FLV-EXT-DATA:ephemeral': ephemeral, swap } = flavor;
  return [
    ...(ephemeral > 0 ? [t('launch:ephemeralDisk', { size: ephemeral })] : []),
    ...(swap > 0 ? [t('launch:swapDisk', { size: formatMemory(swap) })] : []),
  ];
}

export interface LimitUse {
  name: 'instances' | 'cores' | 'ram';
  used: number;
  /** What this launch adds. */
  adds: number;
  limit: number;
  isOver: boolean;
}

/** What a launch takes of the limits there are: of each thing the one that leaves least. */
export function limitUses(bounds: readonly Bounds[], flavor: FlavorView | undefined, count: number): LimitUse[] {
  const each = { instances: 1, cores: flavor?.vcpus ?? 0, ram: flavor?.ram ?? 0 };
  return (['instances', 'cores', 'ram'] as const).flatMap((name) => {
    const known = tightest(bounds, name);
    // What has no limit needs no bar.
    if (!known) return [];
    const adds = each[name] * count;
    const isOver = known.used + adds > known.limit;
    return [{ name, used: known.used, adds, limit: known.limit, isOver }];
  });
}

/** Those that can be launched, the smallest first. */
export function offeredFlavors(flavors: readonly FlavorView[]): FlavorView[] {
  return flavors
    .filter((flavor) => !flavor['OS-FLV-DISABLED:disabled'])
    .sort((a, b) => a.ram - b.ram || a.disk - b.disk || a.vcpus - b.vcpus);
}

/** The smallest that carries the image, so that a first launch needs no choice. */
export function suggestFlavor(
  flavors: readonly FlavorView[],
  source: LaunchSource | undefined,
): FlavorView | undefined {
  return offeredFlavors(flavors).find((flavor) => tooSmall(flavor, source) === null);
}

/** As many cards as leave the rest of the form in sight, and as a search shows. */
const FIRST = 12;
const FOUND = 60;

/** All, or of many the first that carry the image, and what is chosen whatever it is. */
export function firstFlavors(
  flavors: readonly FlavorView[],
  source: LaunchSource | undefined,
  chosen: string,
): readonly FlavorView[] {
  if (flavors.length <= FIRST) return flavors;
  const first = flavors.filter((flavor) => tooSmall(flavor, source) === null).slice(0, FIRST);
  const missing = flavors.find((flavor) => flavor.id === chosen && !first.includes(flavor));
  return missing ? [...first.slice(0, FIRST - 1), missing] : first;
}

/** Those in whose name every word is found. */
export function matchFlavors(flavors: readonly FlavorView[], query: string): FlavorView[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return flavors.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word))).slice(0, FOUND);
}
