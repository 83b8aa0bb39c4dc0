import { ADMIN, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** A project's own limits are seen by whoever works in it. */
export const QUOTA_RULES: readonly RuleDefault[] = [
  ...rules({ ...READER, scopes: ['project', 'system'] }, ['v1:quotas:show']),
  ...rules({ ...ADMIN, scopes: ['project', 'system'] }, ['v1:quotas:update', 'v1:quotas:delete']),
];
