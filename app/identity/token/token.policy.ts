import type { RuleDefault } from '../../policy/policy.service.ts';

const SYSTEM_READER = '(role:reader and system_scope:all)';
const SUBJECT = 'rule:token_subject';

/** Keystone's own; where it names every scope none is named here, so that unscoped tokens count as there. */
export const TOKEN_RULES: readonly RuleDefault[] = [
  { name: 'identity:check_token', check: `rule:admin_required or ${SYSTEM_READER} or ${SUBJECT}` },
  {
    name: 'identity:validate_token',
    check: `rule:admin_required or ${SYSTEM_READER} or rule:service_role or ${SUBJECT}`,
  },
  { name: 'identity:revoke_token', check: `rule:admin_required or ${SUBJECT}` },
  { name: 'identity:list_revoke_events', check: 'rule:service_or_admin', scopes: ['system', 'project'] },
  { name: 'identity:revocation_list', check: 'rule:service_or_admin', scopes: ['system', 'project'] },
  ...['get_auth_catalog', 'get_auth_projects', 'get_auth_domains', 'get_auth_system'].map((name) => ({
    name: `identity:${name}`,
    check: '',
  })),
];
