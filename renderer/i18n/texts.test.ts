import { expect, it } from 'vitest';
import en from './en.ts';
import { preferredLanguage } from './i18n.ts';
import zh from './zh-CN.ts';

/** Every text by its key, without plural forms: Chinese has one where English has two. */
function texts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path.replace(/_(one|other)$/, ''), value]]);
  return new Map(
    Object.entries(value as object).flatMap(([key, inner]) => [...texts(inner, path ? `${path}.${key}` : key)]),
  );
}

const places = (text: string): string[] => [...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1] ?? '').sort();

it('has the same texts in every language', () => {
  expect([...texts(zh).keys()].sort()).toEqual([...texts(en).keys()].sort());
});

it('fills in the same values in every language', () => {
  const chinese = texts(zh);
  for (const [key, text] of texts(en))
    expect({ key, places: places(chinese.get(key) ?? '') }).toEqual({ key, places: places(text) });
});

it('leaves no text empty', () => {
  for (const [key, text] of [...texts(en), ...texts(zh)]) expect(text, key).not.toBe('');
});

it('takes the chosen language, else the first of the browser that there is', () => {
  expect(preferredLanguage('zh-CN', ['en'])).toBe('zh-CN');
  expect(preferredLanguage(null, ['de-DE', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(preferredLanguage(null, ['fr', 'en-GB', 'zh'])).toBe('en');
  expect(preferredLanguage('xx', ['fr'])).toBe('en');
});
