import type { FlavorView, ServerView } from '../../../app/contract/openstack.ts';
import { formatMemory } from '../../design/byte-size.ts';
import { t } from '../../i18n/i18n.ts';

type Size = Pick<FlavorView, 'vcpus' | 'ram' | 'disk' | 'OS-FLV-EXT-DATA:ephemeral' | 'swap'>;

/** Those that may be chosen at all, the smallest first. */
export function offeredSizes(flavors: readonly FlavorView[]): FlavorView[] {
  return flavors
    .filter((flavor) => !flavor['OS-FLV-DISABLED:disabled'])
    .toSorted((one, other) => one.ram - other.ram || one.disk - other.disk || one.vcpus - other.vcpus);
}

/** Why these machines cannot get that size, or null; as the controller and the host would refuse it. */
export function whyNotSize(flavor: FlavorView, servers: readonly ServerView[]): string | null {
  const isOf = (test: (has: ServerView['flavor']) => boolean) => servers.some((server) => test(server.flavor));
  if (isOf((has) => has.original_name === flavor.name)) return t('machines:resize.same');
  if (isOf((has) => has.disk > 0 && flavor.disk === 0)) return t('machines:resize.noDisk');
  if (isOf((has) => flavor.disk < has.disk)) return t('machines:resize.smallerDisk');
  if (isOf((has) => flavor['OS-FLV-EXT-DATA:ephemeral'] < has.ephemeral)) return t('machines:resize.smallerEphemeral');
  return null;
}

type Part = 'vcpus' | 'memory' | 'disk' | 'ephemeral' | 'swap';

/** All that becomes another, as it was and as it is then. */
export function sizeChanges(server: ServerView, to: Size): { what: Part; before: string; after: string }[] {
  const { flavor: from } = server;
  const gib = (size: number) => (size > 0 ? `${size} GiB` : '–');
  const root = (size: number) => (size > 0 ? gib(size) : t('machines:imageSize'));
  const swap = Number(to.swap) || 0;
  const changes: [what: Part, before: number, after: number, show: (size: number) => string][] = [
    ['vcpus', from.vcpus, to.vcpus, String],
    ['memory', from.ram, to.ram, formatMemory],
    ['disk', from.disk, to.disk, root],
    ['ephemeral', from.ephemeral, to['OS-FLV-EXT-DATA:ephemeral'], gib],
    ['swap', from.swap, swap, (size) => (size > 0 ? formatMemory(size) : '–')],
  ];
  return changes
    .filter(([, before, after]) => before !== after)
    .map(([what, before, after, show]) => ({ what, before: show(before), after: show(after) }));
}
