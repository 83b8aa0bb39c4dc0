import type { RuleDefault } from '../../policy/policy.service.ts';

const CLOUD = ['system', 'project'] as const;
const READS_OWN =
  'rule:admin_required or (role:reader and system_scope:all) or ' +
  '(domain_id:%(target.limit.domain.id)s or domain_id:%(target.limit.project.domain_id)s) or ' +
  '(project_id:%(target.limit.project_id)s and not None:%(target.limit.project_id)s)';

/** Keystone's keystone/common/policies/{registered_limit,limit}.py; where it names every scope none is named here. */
export const LIMIT_RULES: readonly RuleDefault[] = [
  ...['list_registered_limits', 'get_registered_limit', 'list_limits', 'get_limit_model'].map((name) => ({
    name: `identity:${name}`,
    check: '',
  })),
  { name: 'identity:get_limit', check: READS_OWN },
  ...[
    ...['create_registered_limits', 'update_registered_limit', 'delete_registered_limit'],
    ...['create_limits', 'update_limit', 'delete_limit'],
  ].map((name) => ({ name: `identity:${name}`, check: 'rule:admin_required', scopes: CLOUD })),
];
