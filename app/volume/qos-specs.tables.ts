import { json, MADE_BY_HAND, type RecordOf, type RowOf, table, text, textOf, time } from '../database/table.ts';
import type { Specs } from './specs.routes.ts';

/** Who sees to them: the host, the storage, or both. */
export const CONSUMERS = ['front-end', 'back-end', 'both'] as const;

export const qosSpecs = table(
  'volume_qos_specs',
  { id: text, name: text, consumer: textOf<(typeof CONSUMERS)[number]>(), specs: json<Specs>(), createdAt: time },
  { small: MADE_BY_HAND },
);
export type QosSpecsRecord = RecordOf<typeof qosSpecs>;

declare module '../database/tables.ts' {
  interface Tables {
    volume_qos_specs: RowOf<typeof qosSpecs>;
  }
}
