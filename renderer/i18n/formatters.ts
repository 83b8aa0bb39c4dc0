import { currentLanguage } from './i18n.ts';

/** Making one takes as long as formatting a thousand times, and lists format on every row they scroll past. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(
  kind: new (language: string, options: object) => T,
  options: object,
): T {
  const language = currentLanguage();
  const key = `${kind.name} ${language} ${JSON.stringify(options)}`;
  const found = made.get(key);
  if (found instanceof kind) return found;
  const formatter = new kind(language, options);
  made.set(key, formatter);
  return formatter;
}

/** In the language the person reads. */
export function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(Intl.NumberFormat, options);
}

export function formatNumber(value: number): string {
  return numberFormat({}).format(value);
}

export function dateTimeFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(Intl.DateTimeFormat, options);
}
