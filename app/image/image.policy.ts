import { ADMIN, ANYONE, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

const SCOPES = ['project'] as const;
const PROJECT = 'project_id:%(project_id)s';
const MEMBER = 'project_id:%(member_id)s';
const SEEN = `(${PROJECT} or ${MEMBER} or 'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s)`;
const ADMIN_OR = 'rule:context_is_admin or';
const PROJECT_MEMBER = `${ADMIN_OR} (role:member and ${PROJECT})`;

const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  [`${ADMIN_OR} (role:reader and ${SEEN})`, ['get_image']],
  [`${ADMIN_OR} (role:reader and ${PROJECT})`, ['get_images']],
  [`${ADMIN_OR} (role:member and ${SEEN})`, ['download_image']],
  [`${ADMIN_OR} (role:member and ${PROJECT} and project_id:%(owner)s)`, ['add_image']],
  [PROJECT_MEMBER, ['modify_image', 'delete_image', 'upload_image', 'communitize_image', 'deactivate', 'reactivate']],
  [PROJECT_MEMBER, ['add_member', 'delete_member']],
  [`${ADMIN_OR} (role:reader and (${PROJECT} or ${MEMBER}))`, ['get_member', 'get_members']],
  [`${ADMIN_OR} (role:member and ${MEMBER})`, ['modify_member']],
];

const NAMESPACE_SEEN = `${ADMIN_OR} (role:reader and (${PROJECT} or 'public':%(visibility)s))`;
const METADEF_ADMIN = { check: 'rule:metadef_admin', scopes: SCOPES };

const METADEF_RULES: readonly RuleDefault[] = [
  { name: 'metadef_default', check: '' },
  { name: 'metadef_admin', check: 'rule:context_is_admin' },
  ...rules({ check: `${ADMIN_OR} (role:reader and ${PROJECT})`, scopes: SCOPES }, ['get_metadef_namespaces']),
  ...rules({ check: NAMESPACE_SEEN, scopes: SCOPES }, [
    'get_metadef_namespace',
    ...['get_metadef_object', 'get_metadef_objects', 'get_metadef_property', 'get_metadef_properties'],
    ...['get_metadef_tag', 'get_metadef_tags', 'list_metadef_resource_types', 'get_metadef_resource_type'],
  ]),
  ...rules(METADEF_ADMIN, [
    ...['add_metadef_namespace', 'modify_metadef_namespace', 'delete_metadef_namespace'],
    ...['add_metadef_object', 'modify_metadef_object', 'delete_metadef_object'],
    ...['add_metadef_property', 'modify_metadef_property', 'remove_metadef_property'],
    ...['add_metadef_resource_type_association', 'remove_metadef_resource_type_association'],
    ...['add_metadef_tag', 'add_metadef_tags', 'modify_metadef_tag', 'delete_metadef_tag', 'delete_metadef_tags'],
  ]),
];

/** Glance's rules with its secure defaults. For schemas, stores, use and what may be imported it has none; those are ours. */
export const IMAGE_RULES: readonly RuleDefault[] = [
  ...CHECKS.flatMap(([check, names]) => names.map((name) => ({ name, check, scopes: SCOPES }))),
  ...METADEF_RULES,
  ...rules(ADMIN, ['publicize_image', 'tasks_api_access', 'stores_info_detail']),
  ...rules(ADMIN, ['cache_list', 'cache_delete', 'cache_image']),
  ...rules(ANYONE, ['get_image_import', 'get_schema', 'get_stores', 'get_usage']),
];
