import { expect, test } from 'vitest';
import { preferredType } from './accept.ts';

test.each([
  [undefined, 'text/html'],
  ['', 'text/html'],
  ['*/*', 'text/html'],
  ['application/json', 'application/json'],
  ['application/json, */*;q=0.1', 'application/json'],
  ['text/html;q=0.5, application/json', 'application/json'],
  ['Application/JSON ; Q=1', 'application/json'],
  ['text/*', 'text/html'],
  ['*/*, text/html;q=0', 'application/json'],
  ['application/json;q=nonsense, */*;q=0.2', 'text/html'],
  ['text/plain', null],
  ['application/octet-stream', null],
  [','.repeat(10_000), null],
])('%j prefers %j', (accept, type) => {
  expect(preferredType(accept, ['text/html', 'application/json'])).toBe(type);
});
