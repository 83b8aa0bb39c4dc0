import { json, nullable, type RecordOf, type RowsOf, smallTable, table, text, time } from '../../database/table.ts';
import type * as declared from './oauth.tables.ts';

export const consumers = smallTable('identity_consumer', {
  id: text,
  description: nullable(text),
  /** Encrypted. */
  secret: text,
  extra: json<Record<string, unknown>>(),
});
export type ConsumerRecord = RecordOf<typeof consumers>;

/** Asked for by a consumer of OAuth 1, and from `verifier` on granted by a user. `secret` is encrypted. */
export const requestTokens = table('identity_request_token', {
  id: text,
  consumer_id: text,
  project_id: text,
  secret: text,
  verifier: nullable(text),
  user_id: nullable(text),
  roleIds: json<string[]>(),
  /** Null: it does not expire. */
  expires_at: nullable(time),
});
export type RequestTokenRecord = RecordOf<typeof requestTokens>;

/** What a consumer of OAuth 1 signs in with, for a user. `secret` is encrypted. */
export const accessTokens = table('identity_access_token', {
  id: text,
  consumer_id: text,
  project_id: text,
  user_id: text,
  secret: text,
  expires_at: nullable(time),
});

export const accessTokenRoles = table('identity_access_token_role', {
  access_token_id: text,
  role_id: text,
});
export type AccessTokenRecord = RecordOf<typeof accessTokens> & { roleIds: string[] };

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
