import type { RuleDefault, TokenScope } from './policy.service.ts';

/** What the rules of all services but Keystone's are made of, named as in Nova. */
export const BASE_RULES: readonly RuleDefault[] = [
  { name: 'context_is_admin', check: 'role:admin' },
  { name: 'admin_api', check: 'rule:context_is_admin' },
  { name: 'project_reader_api', check: 'role:reader and project_id:%(project_id)s' },
  { name: 'project_member_api', check: 'role:member and project_id:%(project_id)s' },
  { name: 'project_reader_or_admin', check: 'rule:project_reader_api or rule:admin_api' },
  { name: 'project_member_or_admin', check: 'rule:project_member_api or rule:admin_api' },
];

interface Level {
  check: string;
  scopes?: readonly TokenScope[];
}
// A domain's administrator is nobody in particular to these services.
const SCOPES = ['project', 'system'] as const;
export const ADMIN: Level = { check: 'rule:admin_api', scopes: SCOPES };
export const MEMBER: Level = { check: 'rule:project_member_or_admin', scopes: SCOPES };
export const READER: Level = { check: 'rule:project_reader_or_admin', scopes: SCOPES };
/** Whoever has a token, also an unscoped one. */
export const ANYONE: Level = { check: '' };

export function rules(level: Level, names: readonly string[]): RuleDefault[] {
  return names.map((name) => ({ name, ...level }));
}
