import { parseSync } from 'vite';

// biome-ignore lint/suspicious/noExplicitAny: a syntax tree is walked, whatever its nodes are
export type Node = any;

/** The tree of a module (ESTree); throws where it is none. */
export function parseModule(path: string, text: string): Node {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  return program;
}

/** Visits a node and all below it, but for what is below one that `visit` answers `skip` for. */
export function walk(node: Node, visit: (node: Node) => unknown): void {
  if (Array.isArray(node)) for (const child of node) walk(child, visit);
  else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string' && visit(node) === 'skip') return;
    for (const child of Object.values(node)) walk(child, visit);
  }
}

/** Counted from 1. */
export function lineOf(text: string, { start }: Node): number {
  return text.slice(0, start).split('\n').length;
}
