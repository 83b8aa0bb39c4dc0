import { type QuotaDefault, UNLIMITED } from '../quota/quota.limits.ts';

/** What is limited of each type too: of that type alone. */
const OF_TYPES = ['volumes', 'snapshots', 'gigabytes'] as const;

/** What storage bounds anyway is unlimited, as of machines what their hosts bound. */
export const VOLUME_QUOTAS = {
  volumes: { limit: UNLIMITED },
  /** GiB */
  per_volume_gigabytes: { limit: UNLIMITED },
  snapshots: { limit: UNLIMITED },
  /** GiB, of volumes and snapshots */
  gigabytes: { limit: UNLIMITED },
  backups: { limit: UNLIMITED },
  /** GiB */
  backup_gigabytes: { limit: UNLIMITED },
  groups: { limit: 10 },
  volumes_: { limit: UNLIMITED, isOfEach: true },
  snapshots_: { limit: UNLIMITED, isOfEach: true },
  gigabytes_: { limit: UNLIMITED, isOfEach: true },
} as const satisfies Record<string, QuotaDefault>;

type SingleLimit = Exclude<keyof typeof VOLUME_QUOTAS, `${string}_`>;
export type LimitOfType = `${(typeof OF_TYPES)[number]}_${string}`;

declare module '../quota/quota.limits.ts' {
  interface QuotaLimits extends Record<SingleLimit, number>, Record<LimitOfType, number> {}
}

/** The limits of one type, by its id. */
export function limitsOf(typeId: string): LimitOfType[] {
  return OF_TYPES.map((name): LimitOfType => `${name}_${typeId}`);
}
