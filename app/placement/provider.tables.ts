import {
  integer,
  MADE_BY_HAND,
  nullable,
  type RecordOf,
  type RowOf,
  real,
  table,
  text,
  time,
} from '../database/table.ts';

const OF_DEVICES = 'as many as there are hosts, and devices and pools that are counted beside them';

/** Providers that clients made. */
export const providers = table(
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
  { small: OF_DEVICES },
);
export type ProviderRecord = RecordOf<typeof providers>;

/** Of any provider, but for what the scheduler counts of hosts. */
export const inventories = table(
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
  { small: OF_DEVICES },
);
export type InventoryRecord = RecordOf<typeof inventories>;

export const providerTraits = table(
  'placement_provider_trait',
  { providerId: text, trait: text },
  { small: OF_DEVICES },
);
export const providerAggregates = table(
  'placement_provider_aggregate',
  { providerId: text, aggregateId: text },
  { small: OF_DEVICES },
);

/** Those that are not standard. */
export const traits = table('placement_trait', { name: text, createdAt: time }, { small: MADE_BY_HAND });
export const resourceClasses = table(
  'placement_resource_class',
  { name: text, createdAt: time },
  { small: MADE_BY_HAND },
);

declare module '../database/tables.ts' {
  interface Tables {
    placement_provider: RowOf<typeof providers>;
    placement_inventory: RowOf<typeof inventories>;
    placement_provider_trait: RowOf<typeof providerTraits>;
    placement_provider_aggregate: RowOf<typeof providerAggregates>;
    placement_trait: RowOf<typeof traits>;
    placement_resource_class: RowOf<typeof resourceClasses>;
  }
}
