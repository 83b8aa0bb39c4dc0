import type { RuleDefault } from '../../policy/policy.service.ts';
import { ANYONE, CHANGE, keystoneRules, READ } from '../keystone.policy.ts';

const crud = (things: string, thing: string) => [
  ...keystoneRules(READ, `list_${things}`, `get_${thing}`),
  ...changes(thing),
];
const changes = (thing: string) => keystoneRules(CHANGE, `create_${thing}`, `update_${thing}`, `delete_${thing}`);
const association = (verb: string) =>
  ['endpoint', 'service', 'region_and_service'].map((target) => `${verb}_policy_association_for_${target}`);

/**
 * Keystone's defaults (keystone/common/policies: region, service, endpoint, endpoint_group, project_endpoint, policy,
 * policy_association, domain_config).
 */
export const CATALOG_RULES: readonly RuleDefault[] = [
  ...keystoneRules(ANYONE, 'list_regions', 'get_region', 'get_security_compliance_domain_config'),
  ...changes('region'),
  ...crud('services', 'service'),
  ...crud('endpoints', 'endpoint'),
  ...crud('endpoint_groups', 'endpoint_group'),
  ...crud('policies', 'policy'),
  ...keystoneRules(
    READ,
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
  ),
  ...keystoneRules(
    CHANGE,
    ...['add_endpoint_group_to_project', 'remove_endpoint_group_from_project'],
    ...['add_endpoint_to_project', 'remove_endpoint_from_project'],
    ...[...association('create'), ...association('delete')],
    ...['create_domain_config', 'update_domain_config', 'delete_domain_config'],
  ),
];
