/** Yes, or why not: the reason is shown as the tooltip of the disabled entry. */
export type Verdict = { allowed: true } | { allowed: false; reason: string };

export const yes: Verdict = { allowed: true };
export function no(reason: string): Verdict {
  return { allowed: false, reason };
}
