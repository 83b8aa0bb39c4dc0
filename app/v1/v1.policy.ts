import { ADMIN, ANYONE, MEMBER, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** Who may use what OpenStack has no word for. */
export const V1_RULES: readonly RuleDefault[] = [
  ...rules(ANYONE, ['v1:rights:show']),
  ...rules(READER, [
    'v1:event_log:list',
    'v1:events',
    'v1:hosts:list',
    'v1:hosts:show',
    'v1:image_catalog:list',
    'v1:limits:show',
    'v1:servers:access',
    'v1:servers:screenshot',
    'v1:tasks:list',
    'v1:tasks:show',
  ]),
  ...rules(MEMBER, ['v1:hosts:measure', 'v1:image_catalog:import', 'v1:servers:power_off', 'v1:tasks:cancel']),
  ...rules(ADMIN, ['v1:sign_in_codes:create']),
];
