import { UNLIMITED } from '../quota/quota.limits.ts';

export const NETWORK_QUOTAS = {
  ports: { limit: UNLIMITED },
} as const;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends Record<keyof typeof NETWORK_QUOTAS, number> {}
}
