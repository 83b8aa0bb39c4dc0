import { json, type RecordOf, type RowsOf, smallTable, text, textOf, time } from '../database/table.ts';
import type * as declared from './qos-specs.tables.ts';
import type { Specs } from './specs.routes.ts';

/** Who sees to them: the host, the storage, or both. */
export const CONSUMERS = ['front-end', 'back-end', 'both'] as const;

export const qosSpecs = smallTable('volume_qos_specs', {
  id: text,
  name: text,
  consumer: textOf<(typeof CONSUMERS)[number]>(),
  specs: json<Specs>(),
  createdAt: time,
});
export type QosSpecsRecord = RecordOf<typeof qosSpecs>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
