import { ADMIN, ANYONE, MEMBER, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** Glance's rules with its secure defaults. */
export const IMAGE_RULES: readonly RuleDefault[] = [
  ...rules(ANYONE, ['get_image_import', 'get_schema', 'get_stores']),
  ...rules(READER, ['get_image', 'get_images', 'get_member', 'get_members']),
  ...rules(MEMBER, [
    'add_image',
    'add_member',
    'communitize_image',
    'deactivate',
    'delete_image',
    'delete_member',
    'download_image',
    'modify_image',
    'modify_member',
    'reactivate',
    'upload_image',
  ]),
  ...rules(ADMIN, ['publicize_image']),
];
