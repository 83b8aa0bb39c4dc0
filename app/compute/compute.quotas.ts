import { type LimitsOf, UNLIMITED } from '../quota/quota.limits.ts';

/** What a host's capacity bounds anyway is unlimited: on one's own computer a second bound only gets in the way. */
export const COMPUTE_QUOTAS = {
  instances: { limit: UNLIMITED, perUser: true },
  cores: { limit: UNLIMITED, perUser: true },
  /** MiB */
  ram: { limit: UNLIMITED, perUser: true },
  /** Per user, as in Nova. */
  key_pairs: { limit: 100, perUser: true },
  /** Per server. */
  metadata_items: { limit: 128 },
  /** Per server, as the next two; shown until 2.56, as in Nova. */
  injected_files: { limit: 5, until: 56 },
  injected_file_content_bytes: { limit: 10_240, until: 56 },
  injected_file_path_bytes: { limit: 255, until: 56 },
  server_groups: { limit: 10, perUser: true },
  /** Of one user, in one group. */
  server_group_members: { limit: 10, perUser: true },
} as const;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends LimitsOf<typeof COMPUTE_QUOTAS> {}
}
