import { ADMIN, cloudRules, READER } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

/** A project's own limits are seen by whoever works in it. */
export const QUOTA_RULES: readonly RuleDefault[] = [
  ...cloudRules(READER, ['v1:limits:show', 'v1:quotas:show']),
  ...cloudRules(ADMIN, ['v1:quotas:update', 'v1:quotas:delete']),
];
