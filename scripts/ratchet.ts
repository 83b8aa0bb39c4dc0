import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSources } from './import-directions.ts';
import { type Hit, type RatchetRule, RULES } from './ratchet.rules.ts';

/** How often a file has what a rule counts, by `<rule>: <path>`. */
export type Counts = ReadonlyMap<string, number>;

export interface Judgement {
  /** What is to be said; empty when all is as it was written down. */
  problems: string[];
  /** What may be written down: all but what rose. */
  counts: Counts;
}

const SHOWN = 8;
const BY_HAND = 'Where it must be, raise the number in ratchet.lock by hand and say why in the commit.';

/** Counts may only fall. A rule whose sum rose names the files that have more than before, and the lines. */
export function judge(
  rules: readonly Pick<RatchetRule, 'name' | 'instead'>[],
  hits: ReadonlyMap<string, readonly Hit[]>,
  before: Counts,
): Judgement {
  const problems: string[] = [];
  const counts = new Map<string, number>();
  for (const { name, instead } of rules) {
    const found = hits.get(name) ?? [];
    const now = countFiles(name, found);
    const was = new Map([...before].filter(([key]) => key.startsWith(`${name}: `)));
    const [had, has] = [sum(was), sum(now)];
    if (has > had) {
      problems.push(`${name}: ${had} -> ${has}. Instead: ${instead}. ${BY_HAND}`);
      for (const [key, count] of now) {
        const old = was.get(key) ?? 0;
        if (count <= old) continue;
        const lines = found.filter(({ path }) => `${name}: ${path}` === key);
        problems.push(`  ${lines[0]?.path}: ${old} -> ${count}`);
        for (const { path, line, text } of lines.slice(0, SHOWN))
          problems.push(`    ${path}${line === 0 ? '' : `:${line}`}  ${text}`.trimEnd());
        if (lines.length > SHOWN) problems.push(`    and ${lines.length - SHOWN} more`);
      }
    } else if (has < had) {
      problems.push(`${name}: ${had} -> ${has}. Write it down: "npm run check -- --fix".`);
    } else if (print(was) !== print(now)) {
      problems.push(`${name}: the same number in other files. Write it down: "npm run check -- --fix".`);
    }
    for (const [key, count] of has > had ? was : now) counts.set(key, count);
  }
  for (const key of before.keys()) {
    const isKnown = rules.some(({ name }) => key.startsWith(`${name}: `));
    if (!isKnown) problems.push(`${key}: no such rule. Write it down: "npm run check -- --fix".`);
  }
  return { problems, counts };
}

function countFiles(name: string, hits: readonly Hit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of hits) counts.set(`${name}: ${path}`, (counts.get(`${name}: ${path}`) ?? 0) + 1);
  return counts;
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** A line for each rule and file, sorted. */
export function print(counts: Counts): string {
  return [...counts]
    .map(([key, count]) => `${key} ${count}\n`)
    .sort()
    .join('');
}

export function parse(text: string): Counts {
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const [, key, count] = /^(.+) (\d+)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, Number(count)]];
    }),
  );
}

/** Writes down what fell with `--write`; what rose is a problem in any case. */
function main(write: boolean): string[] {
  const root = resolve(import.meta.dirname, '..');
  const path = resolve(root, 'ratchet.lock');
  const files = readSources(root);
  const hits = new Map(RULES.map((rule) => [rule.name, rule.find(files)]));
  const before = parse(readFileSync(path, 'utf8'));
  const { problems, counts } = judge(RULES, hits, before);
  if (!write) return problems;
  writeFileSync(path, print(counts));
  return judge(RULES, hits, counts).problems;
}

if (import.meta.main) {
  const problems = main(process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
