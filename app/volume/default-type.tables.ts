import { MADE_BY_HAND, type RecordOf, type RowOf, table, text } from '../database/table.ts';

/** The type of a project's new volumes where they name none. */
export const defaultTypes = table(
  'volume_default_type',
  { projectId: text, volumeTypeId: text },
  { small: MADE_BY_HAND },
);
export type DefaultTypeRecord = RecordOf<typeof defaultTypes>;

declare module '../database/tables.ts' {
  interface Tables {
    volume_default_type: RowOf<typeof defaultTypes>;
  }
}
