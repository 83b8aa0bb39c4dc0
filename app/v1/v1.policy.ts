import { ADMIN, MEMBER, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** What concerns the whole cloud can be done with a token for the system too. */
const SCOPES = ['project', 'system'] as const;

/** Who may use what OpenStack has no word for. */
export const V1_RULES: readonly RuleDefault[] = [
  // Whoever has a token at all; of events they hear what they may see, which may be nothing.
  ...rules({ check: '@' }, ['v1:events', 'v1:rights:show']),
  ...rules({ ...READER, scopes: SCOPES }, [
    'v1:event_log:list',
    'v1:hosts:list',
    'v1:hosts:show',
    'v1:image_catalog:list',
    'v1:limits:show',
    'v1:servers:access',
    'v1:tasks:list',
    'v1:tasks:show',
  ]),
  ...rules({ ...MEMBER, scopes: SCOPES }, [
    'v1:image_catalog:import',
    'v1:servers:power_off',
    // What is on a screen is a member's to see, as is what a console said (`os-console-output`).
    'v1:servers:screenshot',
    'v1:tasks:cancel',
  ]),
  ...rules({ ...ADMIN, scopes: SCOPES }, [
    'v1:backups:create',
    'v1:backups:delete',
    'v1:backups:download',
    'v1:backups:list',
    'v1:event_log:list:all_projects',
    'v1:events:all_projects',
    'v1:hosts:measure',
    'v1:policy:show',
    'v1:sign_in_codes:create',
    'v1:tasks:list:all_projects',
    'v1:unclaimed:adopt',
    'v1:unclaimed:list',
    'v1:unclaimed:remove',
  ]),
];
