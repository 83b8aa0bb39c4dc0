/** Limits with what is used of each, as the controller answers them; -1 is no limit. */
export type Bounds = Record<string, { limit: number; used: number }>;

/** Of several limits on the same thing the one with the least left; undefined where nothing bounds it. */
export function tightest(bounds: readonly Bounds[], name: string): { limit: number; used: number } | undefined {
  return bounds
    .flatMap((each) => each[name] ?? [])
    .filter(({ limit }) => limit >= 0)
    .toSorted((a, b) => a.limit - a.used - (b.limit - b.used))[0];
}
