import type { RuleDefault } from '../../policy/policy.service.ts';
import {
  ADMIN,
  ADMIN_OR_SYSTEM_READER,
  CHANGE,
  keystoneRules,
  ofAnyScope,
  READ,
  SYSTEM_READER,
} from '../keystone.policy.ts';

/** Whoever has `role` on the domain that both sides of a grant belong to. */
function onDomain(role: string): string {
  const actors = ['domain_id:%(target.user.domain_id)s', 'domain_id:%(target.group.domain_id)s'];
  const targets = ['domain_id:%(target.project.domain_id)s', 'domain_id:%(target.domain.id)s'];
  return actors.flatMap((actor) => targets.map((target) => `(role:${role} and ${actor} and ${target})`)).join(' or ');
}
const ROLE_OF_DOMAIN_OR_ALL = '(domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s)';
const READS_GRANTS = `(${ADMIN}) or (${SYSTEM_READER} or (${onDomain('reader')})`;
const CHANGES_GRANTS =
  `(${ADMIN}) or (${onDomain('admin')}) and ${ROLE_OF_DOMAIN_OR_ALL} or ` +
  `(${onDomain('manager')}) and rule:domain_managed_target_role`;
const READS_ASSIGNMENTS = `(${ADMIN}) or ${SYSTEM_READER} or (role:reader and domain_id:%(target.domain_id)s)`;
const READS_ROLE = `(${ADMIN_OR_SYSTEM_READER}) or (role:manager and rule:domain_managed_target_role)`;
const READS_ROLES = `(${ADMIN_OR_SYSTEM_READER}) or (role:manager and not domain_id:None)`;

/** Keystone's defaults (keystone/common/policies: role, implied_role, grant, role_assignment). */
export const ASSIGNMENT_RULES: readonly RuleDefault[] = [
  ...keystoneRules(ofAnyScope(READS_ROLE), 'get_role'),
  ...keystoneRules(ofAnyScope(READS_ROLES), 'list_roles'),
  ...keystoneRules(READ, 'get_domain_role', 'list_domain_roles', 'get_implied_role', 'list_implied_roles'),
  ...keystoneRules(READ, 'list_role_inference_rules', 'check_implied_role'),
  ...keystoneRules(CHANGE, 'create_role', 'update_role', 'delete_role'),
  ...keystoneRules(CHANGE, 'create_domain_role', 'update_domain_role', 'delete_domain_role'),
  ...keystoneRules(CHANGE, 'create_implied_role', 'delete_implied_role'),
  ...keystoneRules(ofAnyScope(`${READS_GRANTS} and ${ROLE_OF_DOMAIN_OR_ALL})`), 'check_grant'),
  ...keystoneRules(ofAnyScope(`${READS_GRANTS})`), 'list_grants'),
  ...keystoneRules(ofAnyScope(CHANGES_GRANTS), 'create_grant', 'revoke_grant'),
  ...keystoneRules(ofAnyScope(READS_ASSIGNMENTS), 'list_role_assignments', 'list_role_assignments_for_tree'),
  ...['user', 'group'].flatMap((actor) => [
    ...keystoneRules(READ, `check_system_grant_for_${actor}`, `list_system_grants_for_${actor}`),
    ...keystoneRules(CHANGE, `create_system_grant_for_${actor}`, `revoke_system_grant_for_${actor}`),
  ]),
];
