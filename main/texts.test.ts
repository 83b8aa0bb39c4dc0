import { expect, test } from 'vitest';
import { chooseLanguage, fill } from './texts.ts';

test.each([
  [['zh-Hans-CN', 'en-GB'], 'zh-CN'],
  [['fr-FR', 'zh'], 'zh-CN'],
  [['en-US', 'zh-CN'], 'en'],
  [['fr-FR'], 'en'],
  [[], 'en'],
])('of %j takes %s', (wanted, language) => {
  expect(chooseLanguage(wanted)).toBe(language);
});

test('fills in what it is given, as it is', () => {
  expect(fill('{{count}} of {{names}}, {{other}}', { count: 2, names: '{{count}} $& <b>' })).toBe(
    '2 of {{count}} $& <b>, {{other}}',
  );
});
