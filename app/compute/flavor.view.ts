import type { Microversion } from '../http/microversion.ts';
import type { FlavorSummary, FlavorView } from './flavor.schema.ts';
import type { FlavorRecord } from './flavor.tables.ts';

export function flavorLinks(origin: string, id: string) {
  return [
    { rel: 'self', href: `${origin}/compute/v2.1/flavors/${encodeURIComponent(id)}` },
    { rel: 'bookmark', href: `${origin}/compute/flavors/${encodeURIComponent(id)}` },
  ];
}

export function basicFlavorView(flavor: FlavorRecord, origin: string, version: Microversion): FlavorSummary {
  const { id, name, description } = flavor;
  return { id, name, ...(version >= 55 && { description }), links: flavorLinks(origin, id) };
}

/** A flavor as that microversion shows it. */
export function flavorView(flavor: FlavorRecord, origin: string, version: Microversion): FlavorView {
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ram,
    disk: flavor.disk,
    // Until 2.74 no swap is an empty text.
    swap: flavor.swap === 0 && version < 75 ? '' : flavor.swap,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral,
    'OS-FLV-DISABLED:disabled': flavor.isDisabled,
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.isPublic,
    rxtx_factor: flavor.rxtxFactor,
    links: flavorLinks(origin, flavor.id),
    ...(version >= 55 && { description: flavor.description }),
    ...(version >= 61 && { extra_specs: flavor.extraSpecs }),
  };
}
