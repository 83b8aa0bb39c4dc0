import { flag, json, MADE_BY_HAND, nullable, type RecordOf, type RowOf, table, text, time } from '../database/table.ts';
import type { Specs } from './specs.routes.ts';

export const groupTypes = table(
  'volume_group_type',
  { id: text, name: text, description: nullable(text), isPublic: flag, groupSpecs: json<Specs>(), createdAt: time },
  { small: MADE_BY_HAND },
);
export type GroupTypeRecord = RecordOf<typeof groupTypes>;

declare module '../database/tables.ts' {
  interface Tables {
    volume_group_type: RowOf<typeof groupTypes>;
  }
}
