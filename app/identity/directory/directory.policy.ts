import type { RuleDefault, TokenScope } from '../../policy/policy.service.ts';

const ANY_SCOPE: readonly TokenScope[] = ['system', 'domain', 'project'];
const ADMIN = 'rule:admin_required';
const ADMIN_OR_SYSTEM_READER = `${ADMIN} or (role:reader and system_scope:all)`;
const IN_DOMAIN_OF_PROJECT = 'domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s';
const READS_PROJECT = `${ADMIN_OR_SYSTEM_READER} or (role:reader and ${IN_DOMAIN_OF_PROJECT}) or project_id:%(target.project.id)s`;
const CHANGES_PROJECT = `${ADMIN} or (role:manager and ${IN_DOMAIN_OF_PROJECT})`;
const READS_DOMAINS_OWN = `${ADMIN_OR_SYSTEM_READER} or (role:reader and domain_id:%(target.domain_id)s)`;
const CHANGES_USER = `${ADMIN} or (role:manager and token.domain.id:%(target.user.domain_id)s)`;
const READS_GROUP = `${ADMIN_OR_SYSTEM_READER} or (role:reader and domain_id:%(target.group.domain_id)s)`;
const CHANGES_GROUP = `${ADMIN} or (role:manager and domain_id:%(target.group.domain_id)s)`;
const GROUP_AND_USER = 'domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s';

/** Check, scopes, names. Source: keystone/common/policies/{domain,project,user,group}.py. */
const RULES: readonly (readonly [string, readonly TokenScope[], readonly string[]])[] = [
  [
    `${ADMIN_OR_SYSTEM_READER} or token.domain.id:%(target.domain.id)s or token.project.domain.id:%(target.domain.id)s`,
    ANY_SCOPE,
    ['get_domain'],
  ],
  [`${ADMIN_OR_SYSTEM_READER} or (role:reader and domain_id:%(target.domain.id)s)`, ANY_SCOPE, ['list_domains']],
  [ADMIN, ['system', 'project'], ['create_domain', 'update_domain', 'delete_domain']],

  [READS_PROJECT, ANY_SCOPE, ['get_project', 'list_project_tags', 'get_project_tag']],
  [READS_DOMAINS_OWN, ANY_SCOPE, ['list_projects', 'list_users']],
  [CHANGES_PROJECT, ANY_SCOPE, ['create_project', 'update_project', 'delete_project']],
  [
    CHANGES_PROJECT,
    ANY_SCOPE,
    ['update_project_tags', 'create_project_tag', 'delete_project_tags', 'delete_project_tag'],
  ],
  [
    `${ADMIN_OR_SYSTEM_READER} or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(target.user.id)s`,
    ANY_SCOPE,
    ['list_user_projects'],
  ],

  [
    `${ADMIN_OR_SYSTEM_READER} or (role:reader and token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s`,
    ANY_SCOPE,
    ['get_user'],
  ],
  [CHANGES_USER, ANY_SCOPE, ['create_user', 'update_user', 'delete_user']],

  [READS_GROUP, ANY_SCOPE, ['get_group', 'list_groups', 'list_users_in_group']],
  [CHANGES_GROUP, ANY_SCOPE, ['create_group', 'update_group', 'delete_group']],
  [
    `${ADMIN_OR_SYSTEM_READER} or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(user_id)s`,
    ANY_SCOPE,
    ['list_groups_for_user'],
  ],
  [`${ADMIN_OR_SYSTEM_READER} or (role:reader and ${GROUP_AND_USER})`, ANY_SCOPE, ['check_user_in_group']],
  [`${ADMIN} or (role:manager and ${GROUP_AND_USER})`, ANY_SCOPE, ['add_user_to_group', 'remove_user_from_group']],
];

export const DIRECTORY_RULES: readonly RuleDefault[] = [
  ...RULES.flatMap(([check, scopes, names]) => names.map((name) => ({ name: `identity:${name}`, check, scopes }))),
];
