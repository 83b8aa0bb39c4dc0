import { nullable, type RowOf, table, text, textOf, time } from '../../database/table.ts';

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
  interface Tables {
    identity_id_mapping: RowOf<typeof idMappings>;
  }
}
