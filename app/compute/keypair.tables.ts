import { type RecordOf, type RowsOf, table, text, textOf, time } from '../database/table.ts';
import type * as declared from './keypair.tables.ts';

/** Public keys; private ones are never stored. */
export const keypairs = table('compute_keypair', {
  userId: text,
  name: text,
  type: textOf<'ssh' | 'x509'>(),
  publicKey: text,
  fingerprint: text,
  createdAt: time,
});
export type KeypairRecord = RecordOf<typeof keypairs>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
