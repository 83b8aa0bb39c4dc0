import { nullable, type RowsOf, table, text, textOf, time } from '../../database/table.ts';
import type * as declared from './ldap.tables.ts';

/** Users and groups that live in a directory of elsewhere (LDAP), by the id they have here. */
export const idMappings = table('identity_id_mapping', {
  public_id: text,
  domain_id: text,
  local_id: text,
  entity_type: textOf<'user' | 'group'>(),
  /** When it was first not found there any more. */
  missing_since: nullable(time),
});

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
