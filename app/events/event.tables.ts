import { generated, integer, json, nullable, type RowOf, type RowsOf, table, text, time } from '../database/table.ts';
import type * as declared from './event.tables.ts';

export const events = table('event', {
  id: generated(integer),
  type: text,
  resourceType: text,
  resourceId: text,
  projectId: nullable(text),
  userId: nullable(text),
  requestId: nullable(text),
  payload: json<Record<string, unknown>>(),
  createdAt: time,
});
export type EventRow = RowOf<typeof events>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
