import type { Generated } from 'kysely';

/** Tables of roles and of who has which on what; see tables.ts for what the columns hold. */
type json = string;
type flag = number;

export interface AssignmentTables {
  identity_role: IdentityRoleTable;
  identity_implied_role: IdentityImpliedRoleTable;
  identity_assignment: IdentityAssignmentTable;
}

export interface IdentityRoleTable {
  id: string;
  /** Set on roles of one domain: they are never in a token themselves, only what they imply is. */
  domain_id: string | null;
  name: string;
  description: string | null;
  options: Generated<json>;
  /** What clients stored beside the known attributes. */
  extra: Generated<json>;
}
/** Whoever has `prior_role_id` also has `implied_role_id`. */
export interface IdentityImpliedRoleTable {
  prior_role_id: string;
  implied_role_id: string;
}
/** One of `user_id` and `group_id` is set; one of `project_id` and `domain_id`, or neither: then it is the system. */
export interface IdentityAssignmentTable {
  user_id: string | null;
  group_id: string | null;
  project_id: string | null;
  domain_id: string | null;
  role_id: string;
  /** It holds for the projects below (OS-INHERIT), not for what it was made on. */
  inherited: flag;
}
