import { flag, json, nullable, type RecordOf, type RowsOf, smallTable, text, time } from '../database/table.ts';
import type * as declared from './group-type.tables.ts';
import type { Specs } from './specs.routes.ts';

export const groupTypes = smallTable('volume_group_type', {
  id: text,
  name: text,
  description: nullable(text),
  isPublic: flag,
  groupSpecs: json<Specs>(),
  createdAt: time,
});
export type GroupTypeRecord = RecordOf<typeof groupTypes>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
