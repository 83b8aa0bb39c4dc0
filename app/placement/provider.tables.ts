import { integer, nullable, type RecordOf, type RowsOf, real, smallTable, text, time } from '../database/table.ts';
import type * as declared from './provider.tables.ts';

const OF_DEVICES = 'as many as there are hosts, and devices and pools that are counted beside them';

/** Providers that clients made. */
export const providers = smallTable(
  'placement_provider',
  {
    id: text,
    name: text,
    parentId: nullable(text),
    /** Its own id where it has no parent. */
    rootId: text,
    generation: integer,
    updatedAt: time,
  },
  OF_DEVICES,
);
export type ProviderRecord = RecordOf<typeof providers>;

/** Of any provider, but for what the scheduler counts of hosts. */
export const inventories = smallTable(
  'placement_inventory',
  {
    providerId: text,
    resourceClass: text,
    total: integer,
    reserved: integer,
    minUnit: integer,
    maxUnit: integer,
    stepSize: integer,
    allocationRatio: real,
    /** The sum of its allocations. */
    used: integer,
  },
  OF_DEVICES,
);
export type InventoryRecord = RecordOf<typeof inventories>;

export const providerTraits = smallTable('placement_provider_trait', { providerId: text, trait: text }, OF_DEVICES);
export const providerAggregates = smallTable(
  'placement_provider_aggregate',
  { providerId: text, aggregateId: text },
  OF_DEVICES,
);

/** Those that are not standard. */
export const traits = smallTable('placement_trait', { name: text, createdAt: time });
export const resourceClasses = smallTable('placement_resource_class', { name: text, createdAt: time });

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
