import type { RuleDefault } from '../policy/policy.service.ts';

/** Whoever has a token sees what they did themselves; the other two widen that. */
export const AUDIT_RULES: readonly RuleDefault[] = [
  { name: 'v1:audit:list', check: '' },
  { name: 'v1:audit:list_project', check: 'role:manager and project_id:%(project_id)s' },
  {
    name: 'v1:audit:list_all',
    check: 'rule:admin_api or (role:reader and system_scope:all)',
    scopes: ['project', 'system'],
  },
];
