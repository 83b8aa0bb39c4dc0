import { type LimitsOf, UNLIMITED } from '../quota/quota.limits.ts';

export const IMAGE_QUOTAS = {
  images: { limit: UNLIMITED },
  /** MiB */
  image_size_total: { limit: UNLIMITED },
} as const;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends LimitsOf<typeof IMAGE_QUOTAS> {}
}
