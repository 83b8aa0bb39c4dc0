import { flag, json, nullable, type RecordOf, type RowsOf, smallTable, table, text, time } from '../database/table.ts';
import type { Specs } from './specs.routes.ts';
import type * as declared from './volume-type.tables.ts';

export const volumeTypes = smallTable('volume_type', {
  id: text,
  name: text,
  description: nullable(text),
  isPublic: flag,
  /** The cloud's: one has it. */
  isDefault: flag,
  extraSpecs: json<Specs>(),
  qosSpecsId: nullable(text),
  createdAt: time,
});
export type VolumeTypeRecord = RecordOf<typeof volumeTypes>;

/** Which projects may use a type that is not public. */
export const volumeTypeAccess = table('volume_type_access', { typeId: text, projectId: text });
export type VolumeTypeAccessRecord = RecordOf<typeof volumeTypeAccess>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
