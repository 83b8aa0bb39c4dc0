/** Words that properties of images say yes and no with, as Nova reads them, in whatever case. */
const YES = ['yes', 'true', 'on', '1', 'y', 't'];
const NO = ['no', 'false', 'off', '0', 'n', 'f'];

/** What the property says; null for any other word. */
export function readFlag(value: string): boolean | null {
  const word = value.trim().toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : null;
}
