import { t } from '../../i18n/i18n.ts';

/** Nova's limit for display names. */
export const NAME_LENGTH = 255;

/** What is wrong with a machine's name, or null. Any text will do: it is data everywhere. */
export function checkMachineName(name: string): string | null {
  if (name.trim() === '') return t('machines:nameProblem.missing');
  if (name.trim().length > NAME_LENGTH) return t('machines:nameProblem.long', { limit: NAME_LENGTH });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
  if (/[\u0000-\u001f\u007f]/.test(name)) return t('machines:nameProblem.control');
  return null;
}

/** `debian-1`: the first of its kind that is not taken. */
export function suggestName(base: string, taken: ReadonlySet<string>): string {
  const stem = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .replace(/(?<!-)-+$/, '')
    .slice(0, 40);
  for (let number = 1; ; number++) {
    const name = `${stem || 'machine'}-${number}`;
    if (!taken.has(name)) return name;
  }
}
