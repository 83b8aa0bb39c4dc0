import { integer, type RecordOf, type RowsOf, table, text, textOf, time } from '../database/table.ts';
import type * as declared from './leftover.tables.ts';

/**
 * `image-file`: of an image, in the controller's own `images/`; `unclaimed-image`: in its folder for files nobody knows.
 * On hosts: machines, folders among them that are none, processes without a folder, files of the image cache, and all cached copies of an image.
 */
type LeftoverKind =
  | 'machine'
  | 'machine-folder'
  | 'process'
  | 'cached-file'
  | 'cached-image'
  | 'image-file'
  | 'unclaimed-image';

/** What is still to be removed from a place; see app/leftover/. */
export const leftovers = table('leftover', {
  /** Id of the host; empty for the controller's own files. */
  host: text,
  kind: textOf<LeftoverKind>(),
  id: text,
  /** Of a machine: the number of the order that removes it. What the host knows of a later order is kept. */
  generation: integer,
  reason: textOf<'deleted' | 'build-failed' | 'removed-by-administrator'>(),
  since: time,
});
export type LeftoverRecord = RecordOf<typeof leftovers>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
