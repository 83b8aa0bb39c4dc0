import { ADMIN, READER, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** A project's own limits are seen by whoever works in it. */
export const QUOTA_RULES: readonly RuleDefault[] = [
  ...rules(READER, ['v1:quotas:show']),
  ...rules(ADMIN, ['v1:quotas:update', 'v1:quotas:delete']),
];
