import { type LimitsOf, UNLIMITED } from '../quota/quota.limits.ts';

/** Networks and subnets as in Neutron; ports come with machines, which have a limit of their own. */
export const NETWORK_QUOTAS = {
  networks: { limit: 100, as: 'network' },
  subnets: { limit: 100, as: 'subnet' },
  ports: { limit: UNLIMITED, as: 'port' },
} as const;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends LimitsOf<typeof NETWORK_QUOTAS> {}
}
