import { expect, it } from 'vitest';
import en from './en.ts';
import { preferredLanguage, startI18n, switchLanguage, t } from './i18n.ts';
import zh from './zh-CN.ts';

/** Every text by its key. */
function texts(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  return new Map(
    Object.entries(value as object).flatMap(([key, inner]) => [...texts(inner, path ? `${path}.${key}` : key)]),
  );
}

const places = (text: string): string[] => [...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1] ?? '').sort();

/** Without forms for one and for more: Chinese needs one where English needs two. */
const keysOf = (catalogue: unknown): string[] =>
  [...new Set([...texts(catalogue).keys()].map((key) => key.replace(/_(one|other)$/, '')))].sort();

it('has the same texts in every language', () => {
  expect(keysOf(zh)).toEqual(keysOf(en));
});

it('fills in the same values in every language', () => {
  const chinese = texts(zh);
  for (const [key, text] of texts(en)) {
    const same = chinese.get(key) ?? chinese.get(key.replace(/_one$/, '_other')) ?? '';
    expect({ key, places: places(same) }).toEqual({ key, places: places(text) });
  }
});

it('names one thing and counts several in every language', async () => {
  const asked = (count: number) => t('machines:confirm.delete.title', { count, name: 'web' });
  await startI18n('en');
  expect([asked(1), asked(2)]).toEqual(['Delete web?', 'Delete 2 machines?']);
  await switchLanguage('zh-CN');
  expect([asked(1), asked(2)]).toEqual(['删除 web？', '删除 2 台虚拟机？']);
  expect(t('hosts:count', { count: 1 })).toBe('1 台主机');
});

it('has Chinese marks beside Chinese words', () => {
  for (const [key, text] of texts(zh))
    expect(text, key).not.toMatch(/\p{Script=Han}[,.?!:;()]|[,.?!:;()]\p{Script=Han}/u);
});

it('keeps Chinese words and others apart by a space', () => {
  for (const [key, text] of texts(zh))
    expect(text, key).not.toMatch(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u);
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
