import en from '../assets/locales/en/desktop.json' with { type: 'json' };
import zhCN from '../assets/locales/zh-CN/desktop.json' with { type: 'json' };

/** The desktop's own texts: menus, tray, dialogs. The dashboard has catalogues of its own. */
export type Texts = typeof en;

/** The language the dashboard takes by itself, too: the first of the system's that there is. */
export function chooseLanguage(wanted: readonly string[]): 'en' | 'zh-CN' {
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => tag === 'en' || tag === 'zh');
  return known === 'zh' ? 'zh-CN' : 'en';
}

export function textsOf(language: 'en' | 'zh-CN'): Texts {
  return language === 'zh-CN' ? zhCN : en;
}

/** Fills `{{name}}` in; values stay as they are. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}
