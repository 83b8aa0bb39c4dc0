import {
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  table,
  text,
  textOf,
  time,
} from '../../database/table.ts';
import type * as declared from './token.tables.ts';
import type { Scope } from './token.ts';

/** Of users whom an identity provider vouched for. */
export interface Federation {
  identityProviderId: string;
  protocolId: string;
  groupIds: string[];
}

/** Ends with each thing it refers to. */
export const tokens = table('identity_token', {
  /** SHA-256 of the token, hex: the token itself is never stored. */
  hash: text,
  /** Whom it stands for: with an impersonating trust, the trustor. */
  userId: text,
  scopeType: textOf<Scope['type']>(),
  /** The project's or domain's id, else null. */
  scopeId: nullable(text),
  methods: json<string[]>(),
  /** The token's own audit id, then that of the first token of its chain. */
  auditIds: json<string[]>(),
  issuedAt: time,
  expiresAt: time,
  parentHash: nullable(text),
  trustId: nullable(text),
  applicationCredentialId: nullable(text),
  /** The EC2 credential it was signed for with. */
  credentialId: nullable(text),
  federation: nullable(json<Federation>()),
  /** The OAuth 1 access token it was signed for with. */
  accessTokenId: nullable(text),
});
export type TokenRecord = Omit<RecordOf<typeof tokens>, 'scopeType' | 'scopeId'> & { scope: Scope };

/** SHA-256 of the code, as with tokens. */
export const signInCodes = table('identity_sign_in_code', {
  hash: text,
  userId: text,
  /** Null: wherever the user has a role, else nowhere. */
  projectId: nullable(text),
  federation: nullable(json<Federation>()),
  expiresAt: time,
});
/** For whom a sign-in code is. */
export type SignInCode = Omit<RecordOf<typeof signInCodes>, 'hash' | 'expiresAt'>;

/** What was proven of several methods so far. */
export const receipts = table('identity_receipt', {
  hash: text,
  user_id: text,
  methods: json<string[]>(),
  issued_at: time,
  expires_at: time,
});

/** Tokens that match all that is set and were issued before `revoked_at` have ended. */
export const revocations = table('identity_revocation', {
  id: text,
  user_id: nullable(text),
  project_id: nullable(text),
  domain_id: nullable(text),
  trust_id: nullable(text),
  audit_id: nullable(text),
  revoked_at: time,
});
export type RevocationRow = RowOf<typeof revocations>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
