import { expect, test } from 'vitest';
import { isDashboardPath, parseDeepLink } from './deep-links.ts';

const id = '3f1f2c52-6f3c-4dd5-9a0e-0b0f6f9a3e11';

test.each([
  ['cumulet://machines', '/machines'],
  ['cumulet://machines/', '/machines'],
  [`cumulet://machines/${id}`, `/machines/${id}`],
  [`cumulet://machines/${id}/screen`, `/machines/${id}?tab=screen`],
  [`cumulet://images/${id}`, `/images/${id}`],
  [`cumulet://hosts/${id}`, `/hosts?panel=${id}`],
  ['cumulet://activity', '/activity'],
])('%s leads to %s', (link, path) => {
  expect(parseDeepLink(link)).toBe(path);
});

test.each([
  'https://machines',
  'cumulet:machines',
  'cumulet://constructor',
  'cumulet://Machines',
  'cumulet://sign-in?code=x',
  'cumulet://machines/../images',
  `cumulet://machines/${id}?tab=screen`,
  `cumulet://machines/${id}#x`,
  `cumulet://machines/${id}/shell`,
  `cumulet://user@machines/${id}`,
  'cumulet://machines/------------------------------------',
  `cumulet://keys/${id}`,
  `cumulet://machines/${id}\n`,
  ` cumulet://machines`,
  '',
])('refuses %j', (link) => {
  expect(parseDeepLink(link)).toBeNull();
});

test.each([
  ['/machines', true],
  [`/machines/${id}?tab=screen`, true],
  ['//elsewhere.example', false],
  ['/\\elsewhere.example', false],
  ['machines', false],
  ['https://elsewhere.example', false],
  ['javascript:alert(1)', false],
  ['', false],
])('%j is a page of the dashboard: %s', (text, expected) => {
  expect(isDashboardPath(text)).toBe(expected);
});
