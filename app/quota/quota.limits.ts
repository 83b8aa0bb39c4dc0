/** What `quota_limit.project_id` says for the limits of projects that have none of their own. */
export const DEFAULT_PROJECT = 'default';

/** No limit. */
export const UNLIMITED = -1;

/** All that has a limit, by name: each service adds what is its own ({@link LimitsOf}), in its `<service>.quotas.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: see above
export interface QuotaLimits {}

export type QuotaResource = keyof QuotaLimits;

export interface QuotaDefault {
  /** Holds until an administrator says otherwise. */
  readonly limit: number;
  /** Can be limited for one user of a project too, as in Nova; it is counted per user then. */
  readonly perUser?: boolean;
  /** What the API of its service calls it, where that is another name. */
  readonly as?: string;
  /**
   * There is such a limit for each thing of a kind, such as a volume type: its name is this one with the id of the thing
   * behind it. Of each, only a limit that somebody set is told; for all others this one holds.
   */
  readonly isOfEach?: boolean;
  /** The last microversion in which the API of its service tells of it; it holds all the same. */
  readonly until?: number;
}

export type QuotaDefaults = Readonly<Record<string, QuotaDefault>>;

/** What a service adds to {@link QuotaLimits}. */
export type LimitsOf<Defaults extends QuotaDefaults> = {
  [Name in keyof Defaults & string as Defaults[Name] extends { isOfEach: true } ? `${Name}${string}` : Name]: number;
};

/** The limits that are there by themselves. */
export function singleDefaults(defaults: QuotaDefaults): [name: QuotaResource, QuotaDefault][] {
  return Object.entries(defaults).filter(([, { isOfEach }]) => !isOfEach) as [QuotaResource, QuotaDefault][];
}

/** The name under which a limit is declared: its own, or that of the limits it is one of. */
export function declaredName(defaults: QuotaDefaults, name: string): string | undefined {
  if (Object.hasOwn(defaults, name) && !defaults[name]?.isOfEach) return name;
  const isOne = (known: string) => defaults[known]?.isOfEach && name.startsWith(known) && name.length > known.length;
  return Object.keys(defaults).find(isOne);
}

/** What a limit of that name begins with; undefined where there is no such limit. */
export function defaultFor(defaults: QuotaDefaults, name: string): QuotaDefault | undefined {
  return defaults[declaredName(defaults, name) ?? ''];
}
