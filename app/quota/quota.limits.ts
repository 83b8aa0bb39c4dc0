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
  /**
   * There is such a limit for each thing of a kind, such as a volume type: its name is this one with the id of the thing
   * behind it. Of each, only a limit that somebody set is told; for all others this one holds.
   */
  readonly isOfEach?: boolean;
}

export type QuotaDefaults = Readonly<Record<string, QuotaDefault>>;

/** The limits that are there by themselves. */
export function singleDefaults(defaults: QuotaDefaults): [name: string, QuotaDefault][] {
  return Object.entries(defaults).filter(([, { isOfEach }]) => !isOfEach);
}

/** What a limit of that name begins with; undefined where there is no such limit. */
export function defaultFor(defaults: QuotaDefaults, name: string): QuotaDefault | undefined {
  const found = Object.entries(defaults).find(([known, { isOfEach }]) =>
    isOfEach ? name.startsWith(known) && name.length > known.length : name === known,
  );
  return found?.[1];
}
