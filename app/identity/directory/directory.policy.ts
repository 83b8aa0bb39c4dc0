import type { RuleDefault } from '../../policy/policy.service.ts';

export const DIRECTORY_RULES: readonly RuleDefault[] = [
  'list_users',
  'get_user',
  'list_projects',
  'get_project',
  'list_domains',
  'get_domain',
  'list_user_projects',
  'list_services',
  'get_service',
  'list_endpoints',
  'get_endpoint',
  'list_regions',
  'get_region',
].map((name) => ({ name: `identity:${name}`, check: '' }));
