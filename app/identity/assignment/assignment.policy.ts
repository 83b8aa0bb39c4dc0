import type { RuleDefault, TokenScope } from '../../policy/policy.service.ts';

/** Keystone's defaults (keystone/common/policies: role, implied_role, grant, role_assignment). */
const SYSTEM_READER = 'role:reader and system_scope:all';
const ADMIN_OR_SYSTEM_READER = `rule:admin_required or (${SYSTEM_READER})`;

/** Whoever has `role` on the domain that both sides of a grant belong to. */
function onDomain(role: string): string {
  const actors = ['domain_id:%(target.user.domain_id)s', 'domain_id:%(target.group.domain_id)s'];
  const targets = ['domain_id:%(target.project.domain_id)s', 'domain_id:%(target.domain.id)s'];
  return actors.flatMap((actor) => targets.map((target) => `(role:${role} and ${actor} and ${target})`)).join(' or ');
}
const ROLE_OF_DOMAIN_OR_ALL = '(domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s)';
const READS_GRANTS = `(rule:admin_required) or ((${SYSTEM_READER}) or (${onDomain('reader')})`;
const CHANGES_GRANTS =
  `(rule:admin_required) or (${onDomain('admin')}) and ${ROLE_OF_DOMAIN_OR_ALL} or ` +
  `(${onDomain('manager')}) and rule:domain_managed_target_role`;
const READS_ASSIGNMENTS = `(rule:admin_required) or (${SYSTEM_READER}) or (role:reader and domain_id:%(target.domain_id)s)`;

const ANY_SCOPE: readonly TokenScope[] = ['system', 'domain', 'project'];
const CLOUD: readonly TokenScope[] = ['system', 'project'];

const CHECKS: readonly [check: string, scopes: readonly TokenScope[], names: readonly string[]][] = [
  [`(${ADMIN_OR_SYSTEM_READER}) or (role:manager and rule:domain_managed_target_role)`, ANY_SCOPE, ['get_role']],
  [`(${ADMIN_OR_SYSTEM_READER}) or (role:manager and not domain_id:None)`, ANY_SCOPE, ['list_roles']],
  [
    ADMIN_OR_SYSTEM_READER,
    CLOUD,
    [
      'get_domain_role',
      'list_domain_roles',
      'get_implied_role',
      'list_implied_roles',
      'list_role_inference_rules',
      'check_implied_role',
    ],
  ],
  [
    'rule:admin_required',
    CLOUD,
    [
      ...['create_role', 'update_role', 'delete_role'],
      ...['create_domain_role', 'update_domain_role', 'delete_domain_role'],
      ...['create_implied_role', 'delete_implied_role'],
    ],
  ],
  [`${READS_GRANTS} and ${ROLE_OF_DOMAIN_OR_ALL})`, ANY_SCOPE, ['check_grant']],
  [`${READS_GRANTS})`, ANY_SCOPE, ['list_grants']],
  [CHANGES_GRANTS, ANY_SCOPE, ['create_grant', 'revoke_grant']],
  [READS_ASSIGNMENTS, ANY_SCOPE, ['list_role_assignments', 'list_role_assignments_for_tree']],
  ...(['user', 'group'] as const).flatMap((actor): (typeof CHECKS)[number][] => [
    [ADMIN_OR_SYSTEM_READER, CLOUD, [`check_system_grant_for_${actor}`, `list_system_grants_for_${actor}`]],
    ['rule:admin_required', CLOUD, [`create_system_grant_for_${actor}`, `revoke_system_grant_for_${actor}`]],
  ]),
];

export const ASSIGNMENT_RULES: readonly RuleDefault[] = CHECKS.flatMap(([check, scopes, names]) =>
  names.map((name) => ({ name: `identity:${name}`, check, scopes })),
);
