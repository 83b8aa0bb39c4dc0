import { type Level, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

export const SYSTEM_READER = '(role:reader and system_scope:all)';
export const ADMIN = 'rule:admin_required';
export const ADMIN_OR_SYSTEM_READER = `${ADMIN} or ${SYSTEM_READER}`;

const CLOUD = ['system', 'project'] as const;
const ANY_SCOPE = ['system', 'domain', 'project'] as const;
/** Reading and changing what is of the whole cloud. */
export const READ: Level = { check: ADMIN_OR_SYSTEM_READER, scopes: CLOUD };
export const CHANGE: Level = { check: ADMIN, scopes: CLOUD };
/** With an unscoped token, too. */
export const ANYONE: Level = { check: '' };

export const ofCloud = (check: string): Level => ({ check, scopes: CLOUD });
export const ofAnyScope = (check: string): Level => ({ check, scopes: ANY_SCOPE });
export const ofProject = (check: string): Level => ({ check, scopes: ['project'] });
/** Where Keystone names every scope none is named here, so that unscoped tokens count as there. */
export const ofAnyToken = (check: string): Level => ({ check });

/** Keystone's rules of these names. */
export function keystoneRules(level: Level, ...names: readonly string[]): RuleDefault[] {
  return rules(
    level,
    names.map((name) => `identity:${name}`),
  );
}
