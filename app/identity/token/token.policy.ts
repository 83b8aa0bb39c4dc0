import type { RuleDefault } from '../../policy/policy.service.ts';

export const TOKEN_RULES: readonly RuleDefault[] = [
  'validate_token',
  'check_token',
  'revoke_token',
  'get_auth_catalog',
  'get_auth_projects',
  'get_auth_domains',
  'get_auth_system',
].map((name) => ({ name: `identity:${name}`, check: '' }));
