import { type RowOf, table, text } from '../../database/table.ts';

/** `config` is encrypted; see identity/domain-config. */
export const domainConfigs = table(
  'identity_domain_config',
  {
    domain_id: text,
    config: text,
  },
  { small: 'one for each domain whose people live elsewhere' },
);

declare module '../../database/tables.ts' {
  interface Tables {
    identity_domain_config: RowOf<typeof domainConfigs>;
  }
}
