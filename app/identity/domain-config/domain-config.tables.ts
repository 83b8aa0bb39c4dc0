import { type RowsOf, smallTable, text } from '../../database/table.ts';
import type * as declared from './domain-config.tables.ts';

/** `config` is encrypted; see identity/domain-config. */
export const domainConfigs = smallTable(
  'identity_domain_config',
  {
    domain_id: text,
    config: text,
  },
  'one for each domain whose people live elsewhere',
);

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
