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

/** Glance's rules with its secure defaults. For schemas and what may be imported it has none; those are ours. */
export const IMAGE_RULES: readonly RuleDefault[] = [
  ...CHECKS.flatMap(([check, names]) => names.map((name) => ({ name, check, scopes: SCOPES }))),
  ...rules(ADMIN, ['publicize_image']),
  ...rules(ANYONE, ['get_image_import', 'get_schema', 'get_stores']),
];
