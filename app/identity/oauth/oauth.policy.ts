import type { RuleDefault } from '../../policy/policy.service.ts';

const CLOUD = ['system', 'project'] as const;

/** Keystone's keystone/common/policies/{consumer,access_token}.py. */
export const OAUTH_RULES: readonly RuleDefault[] = [
  ...['list_consumers', 'get_consumer'].map((name) => ({
    name: `identity:${name}`,
    check: 'rule:admin_required or (role:reader and system_scope:all)',
    scopes: CLOUD,
  })),
  ...['create_consumer', 'update_consumer', 'delete_consumer'].map((name) => ({
    name: `identity:${name}`,
    check: 'rule:admin_required',
    scopes: CLOUD,
  })),
  ...[
    'authorize_request_token',
    'list_access_tokens',
    'get_access_token',
    'delete_access_token',
    'list_access_token_roles',
    'get_access_token_role',
  ].map((name) => ({ name: `identity:${name}`, check: 'rule:admin_required', scopes: ['project'] as const })),
];
