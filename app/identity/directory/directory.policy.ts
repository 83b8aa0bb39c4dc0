import type { RuleDefault } from '../../policy/policy.service.ts';
import { ADMIN, ADMIN_OR_SYSTEM_READER, CHANGE, keystoneRules, ofAnyScope } from '../keystone.policy.ts';

const IN_DOMAIN_OF_PROJECT = 'domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s';
const GROUP_AND_USER = 'domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s';
const THE_USER = 'user_id:%(target.user.id)s';

/** For whoever has `role` there as well; `others` are let in besides. */
const reads = (where: string, ...others: readonly string[]) =>
  ofAnyScope([ADMIN_OR_SYSTEM_READER, `(role:reader and ${where})`, ...others].join(' or '));
const changes = (where: string) => ofAnyScope(`${ADMIN} or (role:manager and ${where})`);
const CHANGES_PROJECT = changes(IN_DOMAIN_OF_PROJECT);
const CHANGES_USER = changes('token.domain.id:%(target.user.domain_id)s');
const CHANGES_GROUP = changes('domain_id:%(target.group.domain_id)s');
const GETS_DOMAIN = `${ADMIN_OR_SYSTEM_READER} or token.domain.id:%(target.domain.id)s or token.project.domain.id:%(target.domain.id)s`;

/** Source: keystone/common/policies/{domain,project,user,group}.py. */
export const DIRECTORY_RULES: readonly RuleDefault[] = [
  ...keystoneRules(ofAnyScope(GETS_DOMAIN), 'get_domain'),
  ...keystoneRules(reads('domain_id:%(target.domain.id)s'), 'list_domains'),
  ...keystoneRules(CHANGE, 'create_domain', 'update_domain', 'delete_domain'),
  ...keystoneRules(
    reads(IN_DOMAIN_OF_PROJECT, 'project_id:%(target.project.id)s'),
    ...['get_project', 'list_project_tags', 'get_project_tag'],
  ),
  ...keystoneRules(reads('domain_id:%(target.domain_id)s'), 'list_projects', 'list_users'),
  ...keystoneRules(CHANGES_PROJECT, 'create_project', 'update_project', 'delete_project', 'update_project_tags'),
  ...keystoneRules(CHANGES_PROJECT, 'create_project_tag', 'delete_project_tags', 'delete_project_tag'),
  ...keystoneRules(reads('domain_id:%(target.user.domain_id)s', THE_USER), 'list_user_projects'),
  ...keystoneRules(reads('token.domain.id:%(target.user.domain_id)s', THE_USER), 'get_user'),
  ...keystoneRules(CHANGES_USER, 'create_user', 'update_user', 'delete_user'),
  ...keystoneRules(reads('domain_id:%(target.group.domain_id)s'), 'get_group', 'list_groups', 'list_users_in_group'),
  ...keystoneRules(CHANGES_GROUP, 'create_group', 'update_group', 'delete_group'),
  ...keystoneRules(reads('domain_id:%(target.user.domain_id)s', 'user_id:%(user_id)s'), 'list_groups_for_user'),
  ...keystoneRules(reads(GROUP_AND_USER), 'check_user_in_group'),
  ...keystoneRules(changes(GROUP_AND_USER), 'add_user_to_group', 'remove_user_from_group'),
];
