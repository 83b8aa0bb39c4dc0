import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, type Node, parseModule, walk } from './syntax-tree.ts';

/** A capital, more than one word, and a mark at its end. */
const SENTENCE = /^\p{Lu}.* .*[.?!…]$/su;
/** What only whoever programs reads, as what goes to a terminal. */
const FOR_PROGRAMMERS = new Set(['Error', 'DOMException']);

/** Lines of a module that hold a sentence for people, whose place is a catalogue. */
export function findSentences(path: string, text: string): number[] {
  const lines: number[] = [];
  walk(parseModule(path, text), (node) => {
    if (isForProgrammers(node)) return 'skip';
    if (SENTENCE.test(wordsOf(node))) lines.push(lineOf(text, node));
    return undefined;
  });
  return lines;
}

function isForProgrammers({ type, callee }: Node): boolean {
  if (type === 'NewExpression') return FOR_PROGRAMMERS.has(callee.name);
  if (type !== 'CallExpression') return false;
  return callee.object?.name === 'console' || callee.object?.property?.name === 'stdout';
}

function wordsOf(node: Node): string {
  if (node.type === 'TemplateLiteral') {
    return node.quasis.map((part: { value: { cooked: string } }) => part.value.cooked).join('x');
  }
  const isText = (node.type === 'Literal' || node.type === 'JSXText') && typeof node.value === 'string';
  return isText ? node.value.trim() : '';
}

/** Modules whose texts people see. */
export function readModules(root: string): { path: string; text: string }[] {
  return ['renderer', 'main'].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !/\.(test|fixture)\./.test(name))
      .map((name) => join(part, name))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}
