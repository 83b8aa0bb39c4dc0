import { AUDIT_RULES } from './audit/audit.policy.ts';
import { COMPUTE_RULES } from './compute/compute.policy.ts';
import { IDENTITY_RULES } from './identity/identity.policy.ts';
import { IMAGE_RULES } from './image/image.policy.ts';
import { NETWORK_RULES } from './network/network.policy.ts';
import { BASE_RULES } from './policy/base.policy.ts';
import { QUOTA_RULES } from './quota/quota.policy.ts';
import { V1_RULES } from './v1/v1.policy.ts';

/** The rules of every service, before `policy.yaml`. */
export const DEFAULT_RULES = [
  ...BASE_RULES,
  ...IDENTITY_RULES,
  ...COMPUTE_RULES,
  ...IMAGE_RULES,
  ...NETWORK_RULES,
  ...V1_RULES,
  ...AUDIT_RULES,
  ...QUOTA_RULES,
];
