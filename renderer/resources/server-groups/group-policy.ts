import type { NewServerGroup } from '../../api/server-group.api.ts';
import { optionalText } from '../../i18n/i18n.ts';

/** Nova's names, the usual one first. */
export const POLICIES: readonly NewServerGroup['policy'][] = [
  'anti-affinity',
  'soft-anti-affinity',
  'affinity',
  'soft-affinity',
];

export function policyName(policy: string): string {
  return optionalText(`server-groups:policies.${policy}.name`, policy);
}

export function policyText(policy: string): string {
  return optionalText(`server-groups:policies.${policy}.text`, '');
}
