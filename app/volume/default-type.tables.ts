import { type RecordOf, type RowsOf, smallTable, text } from '../database/table.ts';
import type * as declared from './default-type.tables.ts';

/** The type of a project's new volumes where they name none. */
export const defaultTypes = smallTable('volume_default_type', { projectId: text, volumeTypeId: text });
export type DefaultTypeRecord = RecordOf<typeof defaultTypes>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
