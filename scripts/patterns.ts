import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { check } from 'recheck';
import { lineOf, type Node, parseModule, walk } from './syntax-tree.ts';

/** The parts that meet texts of others. Tests and scripts read only our own. */
const PARTS = ['app', 'agent', 'bin', 'main', 'renderer'];
/** For one pattern, milliseconds; a short one takes ten. */
const TIMEOUT = 60_000;
/** These make a pattern of a string that is their only argument. */
const COMPILING = new Set(['match', 'matchAll', 'search']);

export interface Found {
  /** Regular expressions that stand in the code. */
  literals: { source: string; flags: string; line: number }[];
  /** Lines where a pattern is made of something that is not one. */
  made: number[];
}

/** What a module holds of V8's regular expressions, whose time may grow faster than the text they read. */
export function findPatterns(path: string, text: string): Found {
  const found: Found = { literals: [], made: [] };
  const constants = new Set<string>();
  const calls: Node[] = [];
  walk(parseModule(path, text), (node) => {
    if (isLiteral(node))
      found.literals.push({ source: node.regex.pattern, flags: node.regex.flags, line: lineOf(text, node) });
    if (node.type === 'VariableDeclaration' && node.kind === 'const') {
      for (const { id, init } of node.declarations)
        if (id.type === 'Identifier' && isLiteral(init)) constants.add(id.name);
    }
    if (node.type === 'CallExpression' || node.type === 'NewExpression') calls.push(node);
  });
  for (const node of calls) {
    const { callee, arguments: given } = node;
    const isConstant = isLiteral(given[0]) || (given[0]?.type === 'Identifier' && constants.has(given[0].name));
    const isRegExp = callee.type === 'Identifier' && callee.name === 'RegExp';
    const isMethod = callee.type === 'MemberExpression' && COMPILING.has(callee.property.name) && given.length === 1;
    if ((isRegExp || isMethod) && !isConstant) found.made.push(lineOf(text, node));
  }
  return found;
}

function isLiteral(node: Node): boolean {
  return node?.type === 'Literal' && node.regex !== undefined;
}

/** What is wrong with a pattern; undefined where its time is linear in the text. */
export async function problemOf(source: string, flags: string): Promise<string | undefined> {
  const { status, complexity, attack } = (await check(source, flags, { timeout: TIMEOUT })) as {
    status: string;
    complexity?: { summary: string };
    attack?: { pattern: string };
  };
  if (status === 'safe') return undefined;
  if (status === 'unknown') return 'cannot be judged; write it more simply';
  return `takes ${complexity?.summary} time, as for ${attack?.pattern.slice(0, 80)}`;
}

function readSources(root: string): { path: string; text: string }[] {
  return PARTS.flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name) && !/\.(test|fixture)\./.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => !/\/(testing|generated)\//.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

if (import.meta.main) {
  const root = resolve(dirname(import.meta.filename), '..');
  const mayWrite = process.argv.includes('--write');
  // Judging takes long, and its limits are by the clock: it is done once, when a pattern is new, and never by the gate.
  const lock = join(root, 'patterns.lock');
  const judged = new Set(existsSync(lock) ? readFileSync(lock, 'utf8').split('\n') : []);
  const used = new Set<string>();
  for (const { path, text } of readSources(root)) {
    const { literals, made } = findPatterns(path, text);
    for (const line of made) {
      console.error(`${path}:${line} makes a pattern of a text: app/pattern/linear-pattern.ts does that safely`);
      process.exitCode = 1;
    }
    for (const { source, flags, line } of literals) {
      const pattern = `/${source}/${flags}`;
      if (used.has(pattern)) continue;
      const isNew = !judged.has(pattern);
      const problem = !isNew
        ? undefined
        : mayWrite
          ? await problemOf(source, flags)
          : 'is new: "npm run check -- --fix"';
      if (problem === undefined) {
        used.add(pattern);
      } else {
        console.error(`${path}:${line} ${pattern} ${problem}`);
        process.exitCode = 1;
      }
    }
  }
  if (mayWrite) writeFileSync(lock, `${[...used].sort().join('\n')}\n`);
}
