import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './json-body.ts';

test('what JSON.stringify writes is read back the same, unless a key means the prototype', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/__proto__|prototype|\\u(?:0000|d[89a-f])/.test(text));
      expect(parseJsonBody(text)).toEqual(JSON.parse(text));
    }),
  );
});

const manyKeys = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}": 1`).join();

test.each([
  ['a key that is there twice', '{"server": {"name": "a", "name": "b"}}', 'server.name'],
  ['a key that is there twice, once escaped', '{"a": 1, "\\u0061": 2}', 'a'],
  ['__proto__', '{"a": {"__proto__": {}}}', 'a.__proto__'],
  ['__proto__, escaped', '{"\\u005f_proto__": 1}', '__proto__'],
  ['a constructor with a prototype', '{"constructor": {"prototype": {}}}', 'constructor.prototype'],
  ['lists in lists', `{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, 'a'],
  ['depth that would break a parser', '['.repeat(1_000_000), 'body'],
  ['a text that does not end', '{"a": "', 'body'],
  ['escapes that do not end', `{"a": "${'\\"'.repeat(500_000)}`, 'body'],
  ['no JSON', 'name=a', 'body'],
  ['an object of too many keys', `{"a": {${manyKeys(1001)}}}`, 'a'],
  ['too many keys', `[${Array.from({ length: 101 }, () => `{${manyKeys(200)}}`).join()}]`, 'body'],
  ['a long list', `{"a": [${'1,'.repeat(10_000)}1]}`, 'a'],
  ['a NUL', '{"server": {"name": "a\\u0000b"}}', 'server.name'],
  ['half of a pair', '{"server": {"name": "\\ud83d"}}', 'server.name'],
  ['the other half', '["\\uDE00\\uD83D"]', 'body'],
  ['a key with a NUL', '{"a\\u0000": 1}', 'a'],
])('refused: %s', (_what, text, field) => {
  expect(() => parseJsonBody(text)).toThrow(expect.objectContaining({ code: 'bad_request', field }));
});

test.each([
  ['{"a": {"x": 1}, "b": {"x": 2}}', { a: { x: 1 }, b: { x: 2 } }],
  ['[{"x": 1}, {"x": 2}]', [{ x: 1 }, { x: 2 }]],
  ['{"a": "x,\\"a\\": 1", "b": "{"}', { a: 'x,"a": 1', b: '{' }],
  ['{"a": "\\ud83d\\ude00"}', { a: '😀' }],
  ['{"a": "\\\\u0000"}', { a: '\\u0000' }],
  ['{"constructor": "a"}', { constructor: 'a' }],
])('taken: %s', (text, value) => {
  expect(parseJsonBody(text)).toEqual(value);
});
