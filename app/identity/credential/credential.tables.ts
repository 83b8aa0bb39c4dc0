import { flag, integer, json, nullable, type RecordOf, type RowsOf, table, text, time } from '../../database/table.ts';
import type * as declared from './credential.tables.ts';

/** `blob` is encrypted under the data folder's key, and in records as it was given. */
export const credentials = table('identity_credential', {
  id: text,
  user_id: text,
  project_id: nullable(text),
  type: text,
  blob: text,
  extra: json<Record<string, unknown>>(),
  created_at: time,
});
export type CredentialRecord = RecordOf<typeof credentials>;

/** Time steps whose code was used. */
export const totpUses = table('identity_totp_use', {
  credential_id: text,
  step: integer,
});

/** `delegator_user_id` is whose roles are handed on: the trustor at the start of the chain. */
export const trusts = table('identity_trust', {
  id: text,
  trustor_user_id: text,
  trustee_user_id: text,
  delegator_user_id: text,
  project_id: nullable(text),
  impersonation: flag,
  expires_at: nullable(time),
  remaining_uses: nullable(integer),
  redelegation_count: integer,
  redelegated_trust_id: nullable(text),
  extra: json<Record<string, unknown>>(),
  created_at: time,
});
export type TrustRecord = RecordOf<typeof trusts>;

export const trustRoles = table('identity_trust_role', {
  trust_id: text,
  role_id: text,
});

export const applicationCredentials = table('identity_application_credential', {
  id: text,
  user_id: text,
  project_id: text,
  name: text,
  description: nullable(text),
  /** scrypt, as of passwords. */
  secret_hash: text,
  expires_at: nullable(time),
  unrestricted: flag,
  created_at: time,
});

export const applicationCredentialRoles = table('identity_application_credential_role', {
  application_credential_id: text,
  role_id: text,
});

export const accessRules = table('identity_access_rule', {
  id: text,
  user_id: text,
  service: text,
  path: text,
  method: text,
});
export type AccessRuleRecord = RecordOf<typeof accessRules>;

export const applicationCredentialRules = table('identity_application_credential_rule', {
  application_credential_id: text,
  access_rule_id: text,
});

export type ApplicationCredentialRecord = RecordOf<typeof applicationCredentials> & {
  roleIds: string[];
  accessRules: AccessRuleRecord[];
};

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
