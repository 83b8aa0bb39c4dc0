import type { Generated } from 'kysely';

/** Tables of domains, projects, users and groups; see tables.ts for what the columns hold. */
type json = string;
type flag = number;

export interface DirectoryTables {
  identity_project: IdentityProjectTable;
  identity_project_tag: IdentityProjectTagTable;
  identity_user: IdentityUserTable;
  identity_password_history: IdentityPasswordHistoryTable;
  identity_group: IdentityGroupTable;
  identity_group_member: IdentityGroupMemberTable;
}

/** A domain is a row with `is_domain` 1, no domain and no parent; a project at the top has its domain as parent. */
export interface IdentityProjectTable {
  id: string;
  domain_id: string | null;
  parent_id: string | null;
  name: string;
  description: string | null;
  enabled: flag;
  is_domain: flag;
  options: Generated<json>;
  /** What clients stored beside the known attributes. */
  extra: Generated<json>;
  created_at: string;
}
export interface IdentityProjectTagTable {
  project_id: string;
  name: string;
}
export interface IdentityUserTable {
  id: string;
  domain_id: string;
  name: string;
  enabled: flag;
  /** May name a project that is not there (any more), as in Keystone. */
  default_project_id: string | null;
  /** scrypt with its parameters, as `password-hash.ts` writes it; null for accounts without a password. */
  password_hash: string | null;
  password_created_at: string | null;
  password_expires_at: string | null;
  /** The user set it, not an administrator. */
  password_self_service: Generated<flag>;
  /** Wrong passwords in a row, and the time of the last. */
  failed_count: Generated<number>;
  failed_at: string | null;
  /** Day of the last sign-in, `YYYY-MM-DD`. */
  last_active_on: string | null;
  options: Generated<json>;
  /** What clients stored beside the known attributes, such as email and description. */
  extra: Generated<json>;
  created_at: string;
}
/** Passwords a user had before, as long as they may not be used again. */
export interface IdentityPasswordHistoryTable {
  user_id: string;
  password_hash: string;
  created_at: string;
  /** Of a user's: tells apart what was written in the same millisecond. */
  place: number;
}
export interface IdentityGroupTable {
  id: string;
  domain_id: string;
  name: string;
  description: string | null;
  extra: Generated<json>;
  created_at: string;
}
/** `idp_id` and `expires_at` are of those whom an identity provider's mapping put in, for as long as it says so. */
export interface IdentityGroupMemberTable {
  group_id: string;
  user_id: string;
  idp_id: string | null;
  expires_at: string | null;
}
