/** What `quota_limit.project_id` says for the limits of projects that have none of their own. */
export const DEFAULT_PROJECT = 'default';

/** No limit. */
export const UNLIMITED = -1;

/** All that has a limit, by name: each service adds what is its own, in its `<service>.quotas.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: see above
export interface QuotaLimits {}

export type QuotaResource = keyof QuotaLimits;

export interface QuotaDefault {
  /** Holds until an administrator says otherwise. */
  readonly limit: number;
  /** Can be limited for one user of a project too, as in Nova; it is counted per user then. */
  readonly perUser?: boolean;
}

export type QuotaDefaults = Readonly<Record<string, QuotaDefault>>;
