import type { RuleDefault } from '../../policy/policy.service.ts';

/**
 * Keystone's defaults (keystone/common/policies: region, service, endpoint, endpoint_group, project_endpoint, policy,
 * policy_association, domain_config).
 */
const CLOUD = ['system', 'project'] as const;
const READ = { check: 'rule:admin_required or (role:reader and system_scope:all)', scopes: CLOUD };
const CHANGE = { check: 'rule:admin_required', scopes: CLOUD };
/** With an unscoped token, too. */
const ANYONE = { check: '' };

const crud = (things: string, thing: string) => ({
  reads: [`list_${things}`, `get_${thing}`],
  changes: [`create_${thing}`, `update_${thing}`, `delete_${thing}`],
});
const KINDS = [
  crud('services', 'service'),
  crud('endpoints', 'endpoint'),
  crud('endpoint_groups', 'endpoint_group'),
  crud('policies', 'policy'),
];
const association = (verb: string) =>
  ['endpoint', 'service', 'region_and_service'].map((target) => `${verb}_policy_association_for_${target}`);

const READS = [
  ...KINDS.flatMap(({ reads }) => reads),
  'list_projects_associated_with_endpoint_group',
  'list_endpoints_associated_with_endpoint_group',
  'get_endpoint_group_in_project',
  'list_endpoint_groups_for_project',
  'list_projects_for_endpoint',
  'check_endpoint_in_project',
  'list_endpoints_for_project',
  'get_policy_for_endpoint',
  'list_endpoints_for_policy',
  ...association('check'),
  'get_domain_config',
  'get_domain_config_default',
];
const CHANGES = [
  ...KINDS.flatMap(({ changes }) => changes),
  ...crud('regions', 'region').changes,
  'add_endpoint_group_to_project',
  'remove_endpoint_group_from_project',
  'add_endpoint_to_project',
  'remove_endpoint_from_project',
  ...association('create'),
  ...association('delete'),
  'create_domain_config',
  'update_domain_config',
  'delete_domain_config',
];

export const CATALOG_RULES: readonly RuleDefault[] = [
  ...READS.map((name) => ({ name: `identity:${name}`, ...READ })),
  ...CHANGES.map((name) => ({ name: `identity:${name}`, ...CHANGE })),
  ...[...crud('regions', 'region').reads, 'get_security_compliance_domain_config'].map((name) => ({
    name: `identity:${name}`,
    ...ANYONE,
  })),
];
