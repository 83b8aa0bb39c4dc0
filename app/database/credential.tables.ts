/** Tables of tokens and of what else proves or hands on who one is; see tables.ts for what the columns hold. */
type json = string;
type flag = number;

export interface CredentialTables {
  identity_token: IdentityTokenTable;
  identity_sign_in_code: IdentitySignInCodeTable;
  identity_receipt: IdentityReceiptTable;
  identity_revocation: IdentityRevocationTable;
  identity_credential: IdentityCredentialTable;
  identity_totp_use: IdentityTotpUseTable;
  identity_trust: IdentityTrustTable;
  identity_trust_role: IdentityTrustRoleTable;
  identity_application_credential: IdentityApplicationCredentialTable;
  identity_application_credential_role: IdentityApplicationCredentialRoleTable;
  identity_access_rule: IdentityAccessRuleTable;
  identity_application_credential_rule: IdentityApplicationCredentialRuleTable;
  identity_request_token: IdentityRequestTokenTable;
  identity_access_token: IdentityAccessTokenTable;
  identity_access_token_role: IdentityAccessTokenRoleTable;
}

/** Ends with each thing it refers to. */
export interface IdentityTokenTable {
  /** SHA-256 of the token, hex: the token itself is never stored. */
  hash: string;
  /** Whom it stands for: with an impersonating trust, the trustor. */
  user_id: string;
  /** `unscoped`, `project`, `domain` or `system`. */
  scope_type: string;
  /** The project's or domain's id, else null. */
  scope_id: string | null;
  methods: json;
  audit_ids: json;
  issued_at: string;
  expires_at: string;
  parent_hash: string | null;
  trust_id: string | null;
  application_credential_id: string | null;
  /** The EC2 credential it was signed for with. */
  credential_id: string | null;
  /** Of users from an identity provider: which, by what protocol, in what groups. */
  federation: json | null;
  /** The OAuth 1 access token it was signed for with. */
  access_token_id: string | null;
}
/** SHA-256 of the code, as with tokens. */
export interface IdentitySignInCodeTable {
  hash: string;
  user_id: string;
  /** Null: wherever the user has a role, else nowhere. */
  project_id: string | null;
  federation: json | null;
  expires_at: string;
}
/** What was proven of several methods so far. */
export interface IdentityReceiptTable {
  hash: string;
  user_id: string;
  methods: json;
  issued_at: string;
  expires_at: string;
}
/** Tokens that match all that is set and were issued before `revoked_at` have ended. */
export interface IdentityRevocationTable {
  id: string;
  user_id: string | null;
  project_id: string | null;
  domain_id: string | null;
  trust_id: string | null;
  audit_id: string | null;
  revoked_at: string;
}
/** `blob` is encrypted under the data folder's key. */
export interface IdentityCredentialTable {
  id: string;
  user_id: string;
  project_id: string | null;
  type: string;
  blob: string;
  extra: json;
  created_at: string;
}
/** Time steps whose code was used. */
export interface IdentityTotpUseTable {
  credential_id: string;
  step: number;
}
/** `delegator_user_id` is whose roles are handed on: the trustor at the start of the chain. */
export interface IdentityTrustTable {
  id: string;
  trustor_user_id: string;
  trustee_user_id: string;
  delegator_user_id: string;
  project_id: string | null;
  impersonation: flag;
  expires_at: string | null;
  remaining_uses: number | null;
  redelegation_count: number;
  redelegated_trust_id: string | null;
  extra: json;
  created_at: string;
}
export interface IdentityTrustRoleTable {
  trust_id: string;
  role_id: string;
}
export interface IdentityApplicationCredentialTable {
  id: string;
  user_id: string;
  project_id: string;
  name: string;
  description: string | null;
  /** scrypt, as of passwords. */
  secret_hash: string;
  expires_at: string | null;
  unrestricted: flag;
  created_at: string;
}
export interface IdentityApplicationCredentialRoleTable {
  application_credential_id: string;
  role_id: string;
}
export interface IdentityAccessRuleTable {
  id: string;
  user_id: string;
  service: string;
  path: string;
  method: string;
}
export interface IdentityApplicationCredentialRuleTable {
  application_credential_id: string;
  access_rule_id: string;
}
/** Asked for by a consumer of OAuth 1, and from `verifier` on granted by a user. `secret` is encrypted. */
export interface IdentityRequestTokenTable {
  id: string;
  consumer_id: string;
  project_id: string;
  secret: string;
  verifier: string | null;
  user_id: string | null;
  role_ids: json;
  /** Null: it does not expire. */
  expires_at: string | null;
}
/** What a consumer of OAuth 1 signs in with, for a user. `secret` is encrypted. */
export interface IdentityAccessTokenTable {
  id: string;
  consumer_id: string;
  project_id: string;
  user_id: string;
  secret: string;
  expires_at: string | null;
}
export interface IdentityAccessTokenRoleTable {
  access_token_id: string;
  role_id: string;
}
