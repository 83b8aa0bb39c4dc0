import type { FlavorRecord } from '../../compute/flavor.tables.ts';

/** A record of a table that has a column of every kind; tests of the kit need nothing else of flavors. */
export function flavorRecord(given: Partial<FlavorRecord> & { id: string }): FlavorRecord {
  return {
    ...{ name: given.id, description: null, vcpus: 1, ram: 1, disk: 0, ephemeral: 0, swap: 0, rxtxFactor: 1 },
    ...{ isPublic: true, isDisabled: false, extraSpecs: {}, createdAt: '2026-01-01T00:00:00.000Z' },
    ...given,
  };
}
