import { flag, json, MADE_BY_HAND, nullable, type RecordOf, type RowOf, table, text, time } from '../database/table.ts';
import type { Specs } from './specs.routes.ts';

export const volumeTypes = table(
  'volume_type',
  {
    id: text,
    name: text,
    description: nullable(text),
    isPublic: flag,
    /** The cloud's: one has it. */
    isDefault: flag,
    extraSpecs: json<Specs>(),
    qosSpecsId: nullable(text),
    createdAt: time,
  },
  { small: MADE_BY_HAND },
);
export type VolumeTypeRecord = RecordOf<typeof volumeTypes>;

/** Which projects may use a type that is not public. */
export const volumeTypeAccess = table('volume_type_access', { typeId: text, projectId: text });
export type VolumeTypeAccessRecord = RecordOf<typeof volumeTypeAccess>;

declare module '../database/tables.ts' {
  interface Tables {
    volume_type: RowOf<typeof volumeTypes>;
    volume_type_access: RowOf<typeof volumeTypeAccess>;
  }
}
