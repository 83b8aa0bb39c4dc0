import { describe, expect, test } from 'vitest';
import { compilePattern, type PatternOptions, PatternRefusal } from './linear-pattern.ts';

const matches = (source: string, text: string, options?: PatternOptions) => compilePattern(source, options).test(text);

describe('what people write', () => {
  test.each<[source: string, yes: string[], no: string[], options?: PatternOptions]>([
    ['^(kks-)?k-pool-', ['kks-k-pool-1', 'k-pool-2'], ['x-k-pool-']],
    ['pool-[[:digit:]]$', ['pool-1'], ['pool-x', 'pool-12']],
    ['^(web|db)-[0-9]+$', ['web-1', 'db-22'], ['api-1']],
    ['WEB', ['my-web-1'], ['x'], { ignoresCase: true }],
    ['b+', ['bbc'], ['abc'], { at: 'start' }],
    ['a|ab', ['a', 'ab'], ['abc'], { at: 'whole' }],
    // Keystone's example of [security_compliance] password_regex
    ['^(?=.*\\d)(?=.*[a-zA-Z]).{7,}$', ['secret1'], ['secrets', '1234567', 'secre1']],
    ['(?=.*\\d)(?!.*[ )]).{7,}$', ['secret1'], ['se cret1', 'secret)1'], { at: 'start' }],
    ['^(?=.*[\\])x]).|^ok$', [']', 'ax', 'ok'], ['y', 'oks']],
    ['^(?=[[:digit:](]+$)(?:1|\\()', ['1', '(2'], ['2', '1x']],
    ['(?i)^(?P<name>ada)@example\\.org\\Z', ['ADA@example.org'], ['ada@example.org.evil']],
    ['(?s)^a.b$', ['a\nb'], ['a\n']],
  ])('%s', (source, yes, no, options) => {
    for (const text of yes) expect([text, matches(source, text, options)]).toEqual([text, true]);
    for (const text of no) expect([text, matches(source, text, options)]).toEqual([text, false]);
  });
});

describe('what cannot be matched in linear time, or is none, is refused in words', () => {
  test.each([
    ['(', 'regular expression'],
    ['*', 'regular expression'],
    ['a)(b', 'regular expression'],
    ['(a)\\1', 'regular expression'],
    ['(?<=a)b', 'regular expression'],
    ['(?>a+)', 'regular expression'],
    ['(?=a)b', 'look-ahead'],
    ['^a(?=b)', 'look-ahead'],
    ['^((?=a)b)', 'regular expression'],
    ['^(?=a)+b', 'regular expression'],
    ['(?x)a', '"x"'],
    ['x'.repeat(1025), 'longer'],
    ['(a?b?c?d?){1000}', 'repeats'],
  ])('%s', (source, why) => {
    expect(() => compilePattern(source)).toThrow(PatternRefusal);
    expect(() => compilePattern(source)).toThrow(why);
  });
});

test('what would take V8 longer than the world is old is matched', () => {
  expect(matches('(a+)+$', `${'a'.repeat(10_000)}!`)).toBe(false);
  expect(matches(`${'.?'.repeat(120)}zz`, 'x'.repeat(255))).toBe(false);
  expect(matches('^(?=(a|a)*b)(?!(x+x+)+y).*$', 'a'.repeat(10_000))).toBe(false);
});
