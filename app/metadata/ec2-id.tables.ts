import { integer, type RowsOf, table, text, textOf } from '../database/table.ts';
import type * as declared from './ec2-id.tables.ts';

/** What EC2 knows by a number. */
export type Ec2Kind = 'instance' | 'image';

/** Numbers that things were given when EC2's side first saw them. Kept when the thing goes, so that none is given twice. */
export const ec2Ids = table('ec2_id', {
  kind: textOf<Ec2Kind>(),
  number: integer,
  uuid: text,
});

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
