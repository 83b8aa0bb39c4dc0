import i18next, { type I18nFormatModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Texts } from './texts.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: Texts;
    returnNull: false;
  }
}

export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = 'cumulet.language';

const loaders: Record<Language, () => Promise<{ default: Record<string, object> }>> = {
  en: () => import('./en.ts'),
  'zh-CN': () => import('./zh-CN.ts'),
};

/**
 * One thing has a form of its own in every language, where a catalogue has one: Chinese grammar needs none, but what is
 * said of one thing names it. Everything else, also one thing without such a form, takes `_other`.
 */
const oneAndOther = {
  type: 'i18nFormat',
  addLookupKeys: (found: string[], key: string, _language: string, _area: string, { count }: { count?: unknown }) => {
    if (typeof count === 'number') found.push(`${key}_other`);
    if (count === 1) found.push(`${key}_one`);
    return found;
  },
} satisfies I18nFormatModule & Record<string, unknown>;

/** The chosen language, else the first of the browser's that there is. */
export function preferredLanguage(
  stored: string | null = localStorage.getItem(STORAGE_KEY),
  wanted: readonly string[] = navigator.languages,
): Language {
  if (stored === 'en' || stored === 'zh-CN') return stored;
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'en' || tag === 'zh');
  return known === 'zh' ? 'zh-CN' : 'en';
}

export async function startI18n(language: Language = preferredLanguage()): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use(oneAndOther)
    .init({
      lng: language,
      fallbackLng: false,
      defaultNS: 'shell',
      ns: ['shell'],
      interpolation: { escapeValue: false },
      returnNull: false,
      resources: {},
    });
  await addTexts(language);
  document.documentElement.lang = language;
}

export async function switchLanguage(language: Language): Promise<void> {
  await addTexts(language);
  localStorage.setItem(STORAGE_KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

async function addTexts(language: Language): Promise<void> {
  const { default: areas } = await loaders[language]();
  for (const [area, texts] of Object.entries(areas)) i18next.addResourceBundle(language, area, texts);
}

/** For code outside components: actions, rights, formatting. Components use `useTranslation`. */
export const t = i18next.t;

/** A text that need not exist, for names the controller may add to: task kinds, steps. */
export function optionalText(key: string, fallback: string, values: Record<string, string> = {}): string {
  // The typed overloads know only keys that exist; this one is asked for one that may not.
  const lookUp = i18next.t as unknown as (key: string, options: Record<string, string>) => string;
  return lookUp(key, { ...values, defaultValue: fallback });
}

/** A text of any area, for what serves all of them and has seen that it is there (`kernel/resource-text.ts`). */
export function textOf(area: string, key: string, values: Record<string, unknown> = {}): string {
  const lookUp = i18next.t as unknown as (key: string, options: Record<string, unknown>) => string;
  return lookUp(key, { ...values, ns: area });
}

/** One of the texts that are listed by names with dots and colons in them, in whichever area has it; else the name. */
export function namedText(list: 'eventName' | 'resource', name: string): string {
  const areas: Named[] = Object.values(i18next.getDataByLanguage(currentLanguage()) ?? {});
  const texts = areas
    .map((area) => area[list])
    .flatMap((names) => (typeof names === 'object' ? names[name] : undefined));
  return texts.find((text) => text !== undefined) ?? name;
}

type Named = Record<string, string | Record<string, string> | undefined>;

export function currentLanguage(): Language {
  return i18next.language === 'zh-CN' ? 'zh-CN' : 'en';
}
