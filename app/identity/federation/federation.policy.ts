import type { RuleDefault } from '../../policy/policy.service.ts';

const ADMIN = 'rule:admin_required';
/** Keystone's ADMIN_OR_SYSTEM_READER. */
const READ = 'rule:admin_required or (role:reader and system_scope:all)';

/** Keystone's keystone/common/policies/{identity_provider,protocol,mapping,service_provider}.py. */
export const FEDERATION_RULES: readonly RuleDefault[] = [
  ['identity_provider', 'identity_providers'],
  ['protocol', 'protocols'],
  ['mapping', 'mappings'],
  ['service_provider', 'service_providers'],
].flatMap(([one, many]) => [
  { name: `identity:create_${one}`, check: ADMIN, scopes: ['system', 'project'] as const },
  { name: `identity:update_${one}`, check: ADMIN, scopes: ['system', 'project'] as const },
  { name: `identity:delete_${one}`, check: ADMIN, scopes: ['system', 'project'] as const },
  { name: `identity:get_${one}`, check: READ, scopes: ['system', 'project'] as const },
  { name: `identity:list_${many}`, check: READ, scopes: ['system', 'project'] as const },
]);
