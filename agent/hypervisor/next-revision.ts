/**
 * The revision of a machine's state after one: the clock's milliseconds, so that it rises also where the file it was
 * stored in came back from an older copy, but never less than one more, so that it rises also when the clock is set back.
 */
export function nextRevision(before: number): number {
  return Math.max(before + 1, Date.now());
}
