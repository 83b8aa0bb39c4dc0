import { expect, test } from 'vitest';
import { type Hit, RULES } from './ratchet.rules.ts';
import { judge, parse, print } from './ratchet.ts';

const rules = [
  { name: 'sins', instead: 'virtue' },
  { name: 'odd files', instead: 'even ones' },
];

function hits(...found: [string, number][]): Map<string, Hit[]> {
  return new Map([['sins', found.map(([path, line]) => ({ path, line, text: `sin ${line}` }))]]);
}

/** What a rule finds in one file. */
function find(name: string, path: string, text: string): number[] {
  const rule = RULES.find((one) => one.name === name);
  if (!rule) throw new Error(`no rule ${name}`);
  return rule.find([{ path, text }]).map(({ line }) => line);
}

test('what rose is told with its lines and is not written down', () => {
  const before = parse('sins: a.ts 1\nsins: b.ts 1\n');
  const { problems, counts } = judge(rules, hits(['a.ts', 3], ['b.ts', 4], ['b.ts', 9]), before);
  expect(problems).toEqual([
    expect.stringMatching(/^sins: 2 -> 3\. Instead: virtue\./),
    '  b.ts: 1 -> 2',
    '    b.ts:4  sin 4',
    '    b.ts:9  sin 9',
  ]);
  expect(counts).toEqual(before);
});

test('what fell or moved is told until it is written down', () => {
  const before = parse('sins: a.ts 2\nsins: b.ts 1\n');
  const fallen = judge(rules, hits(['a.ts', 1]), before);
  expect(fallen.problems).toEqual([expect.stringMatching(/^sins: 3 -> 1\. Write it down/)]);
  expect(print(fallen.counts)).toBe('sins: a.ts 1\n');
  expect(judge(rules, hits(['a.ts', 1]), fallen.counts).problems).toEqual([]);
  const moved = judge(rules, hits(['c.ts', 1]), fallen.counts);
  expect(moved.problems).toEqual([expect.stringMatching(/^sins: the same number in other files/)]);
  expect(print(moved.counts)).toBe('sins: c.ts 1\n');
});

test('a rule that is no more leaves the list', () => {
  const { problems, counts } = judge(rules, new Map(), parse('gone: a.ts 4\n'));
  expect(problems).toEqual([expect.stringMatching(/^gone: a\.ts: no such rule/)]);
  expect(print(counts)).toBe('');
});

test('comments and tests are not counted', () => {
  const text = '// const x = JSON.parse(y)\n * JSON.parse(y)\nconst x = JSON.parse(y); // JSON.parse\n';
  expect(find('JSON.parse of the app', 'app/a.ts', text)).toEqual([3]);
  expect(find('JSON.parse of the app', 'app/a.test.ts', text)).toEqual([]);
  expect(find('JSON.parse of the app', 'agent/a.ts', text)).toEqual([]);
});

test('expressions of SQLite are told from those of everybody, and from code', () => {
  const name = 'SQL of one database only';
  const text = [
    "sql`json_extract(a, '$.b')`",
    "e.fn<number>('max', ['a', e.val(1)])",
    'sql`SET a = max(a, 1)`',
    `sql\`a IS $\{value}\``,
    "e.fn.max('id')",
    'sql`SELECT max(id) FROM a`',
    'Math.max(a, b)',
    'z.string().max(5)',
  ].join('\n');
  expect(find(name, 'app/a.ts', text)).toEqual([1, 2, 3, 4]);
  expect(find(name, 'app/database/sqlite.dialect.ts', text)).toEqual([]);
});

test('files that import each other are a circle, also where only types are', () => {
  const rule = RULES.find((one) => one.name.startsWith('files in a circle'));
  const found = rule?.find([
    { path: 'app/a.ts', text: "import { b } from './b.ts';" },
    { path: 'app/b.ts', text: "import type { C } from './c.ts';" },
    { path: 'app/c.ts', text: "import type { A } from './a.ts';" },
    { path: 'app/d.ts', text: "import { a } from './a.ts';" },
    // Says what all of its own declares.
    { path: 'app/e.ts', text: "import type * as declared from './e.ts';" },
  ]);
  expect(found?.map(({ path, text }) => [path, text])).toEqual([
    ['app/a.ts', 'with app/b.ts, app/c.ts'],
    ['app/b.ts', 'with app/a.ts, app/c.ts'],
    ['app/c.ts', 'with app/a.ts, app/b.ts'],
  ]);
});
