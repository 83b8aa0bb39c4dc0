import { UNLIMITED } from '../quota/quota.limits.ts';

/** Networks and subnets as in Neutron; ports come with machines, which have a limit of their own. */
export const NETWORK_QUOTAS = {
  networks: { limit: 100 },
  subnets: { limit: 100 },
  ports: { limit: UNLIMITED },
} as const;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends Record<keyof typeof NETWORK_QUOTAS, number> {}
}
