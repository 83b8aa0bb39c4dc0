import type { RuleDefault, TokenScope } from './policy.service.ts';

/** What the rules of all services but Keystone's are made of, named as in Nova, Glance and Neutron. */
export const BASE_RULES: readonly RuleDefault[] = [
  // Who is let past what belongs to a project: `Context.isAdmin`. A domain's administrator is nobody in particular here.
  { name: 'context_is_admin', check: 'role:admin', scopes: ['project', 'system'] },
  { name: 'admin_api', check: 'rule:context_is_admin' },
  { name: 'service_api', check: 'role:service' },
  { name: 'project_reader_api', check: 'role:reader and project_id:%(project_id)s' },
  { name: 'project_member_api', check: 'role:member and project_id:%(project_id)s' },
  { name: 'project_manager_api', check: 'role:manager and project_id:%(project_id)s' },
  { name: 'project_reader_or_admin', check: 'rule:project_reader_api or rule:context_is_admin' },
  { name: 'project_member_or_admin', check: 'rule:project_member_api or rule:context_is_admin' },
  { name: 'project_manager_or_admin', check: 'rule:project_manager_api or rule:context_is_admin' },
];

export interface Level {
  check: string;
  scopes?: readonly TokenScope[];
}
const SCOPES = ['project'] as const;
export const ADMIN: Level = { check: 'rule:context_is_admin', scopes: SCOPES };
export const MANAGER: Level = { check: 'rule:project_manager_or_admin', scopes: SCOPES };
export const MEMBER: Level = { check: 'rule:project_member_or_admin', scopes: SCOPES };
export const READER: Level = { check: 'rule:project_reader_or_admin', scopes: SCOPES };
/** Other services, and administrators. */
export const SERVICE: Level = { check: 'rule:service_api or rule:context_is_admin', scopes: SCOPES };
/** Whoever has a token of a project, or an unscoped one. */
export const ANYONE: Level = { check: '@', scopes: SCOPES };

export function rules({ check, scopes }: Level, names: readonly string[]): RuleDefault[] {
  return names.map((name) => ({ name, check, ...(scopes && { scopes }) }));
}

/** What concerns the whole cloud can be done with a token for the system too. */
export function cloudRules(level: Level, names: readonly string[]): RuleDefault[] {
  return rules({ ...level, scopes: ['project', 'system'] }, names);
}
