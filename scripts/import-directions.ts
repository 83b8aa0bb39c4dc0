import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { parseSync } from 'vite';

/** Which parts may import which; every part may import itself and the data in assets/. Tests may import anything. */
const ALLOWED: Record<string, readonly string[]> = {
  app: [],
  main: ['app'],
  renderer: ['app/contract'],
  agent: ['app/contract', 'app/files'],
  bin: ['app', 'agent'],
};

export interface SourceFile {
  /** Relative to the project, with `/`. */
  path: string;
  text: string;
}

/**
 * Imports that go the wrong way, reach into another service's repository or tables, or form a circle, as sentences. Type-only
 * imports count for directions, since a type is knowledge too, but not for circles, since nothing is loaded.
 */
export function findImportProblems(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const loads = new Map<string, string[]>();
  const problems: string[] = [];
  for (const file of files) {
    const loaded: string[] = [];
    for (const { specifier, typeOnly } of importsOf(file)) {
      const target = targetOf(file.path, specifier);
      if (target === null) continue;
      const problem = judge(file.path, target);
      if (problem) problems.push(problem);
      if (!typeOnly && known.has(target)) loaded.push(target);
    }
    loads.set(file.path, loaded);
  }
  return [...problems, ...findCircles(loads).map((circle) => `${circle.join(' -> ')} is a circle`)];
}

function judge(from: string, to: string): string | null {
  const part = from.split('/')[0] ?? '';
  const allowed = ALLOWED[part];
  if (to.startsWith('..')) return `${from} imports ${to}, outside of the project`;
  if (!allowed || isTest(from)) return null;
  const isInside = (folder: string) => to === folder || to.startsWith(`${folder}/`);
  if (to !== 'package.json' && ![part, 'assets', ...allowed].some(isInside))
    return `${from} imports ${to}: ${part} may not`;
  const service = /^app\/([\w-]+)\/.*\.(?:repository|tables)\.ts$/.exec(to)?.[1];
  const isWiring = /^app\/[^/]+$/.test(from);
  if (service && !isWiring && !from.startsWith(`app/${service}/`)) {
    return `${from} imports ${to}: another service is reached through its *.service.ts`;
  }
  return null;
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/testing\//.test(path);
}

function targetOf(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null;
}

function importsOf({ path, text }: SourceFile): { specifier: string; typeOnly: boolean }[] {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const typeStatements = new Set(
    program.body.flatMap((node) => ('importKind' in node && node.importKind === 'type' ? [node.start] : [])),
  );
  const found = module.staticImports.map(({ start, moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: typeStatements.has(start) || (entries.length > 0 && entries.every(({ isType }) => isType)),
  }));
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ specifier: moduleRequest.value, typeOnly: isType });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"])(.*)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2];
    // Loaded when it is called, not while modules are linked: it cannot close a circle.
    if (literal) found.push({ specifier: literal, typeOnly: true });
  }
  return found;
}

/** One path for each group of files that load each other. */
function findCircles(loads: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    for (const next of loads.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of loads.keys()) visit(file, []);
  return circles;
}

/** The files of the project that a file imports, types too. */
export function targetsOf(file: SourceFile): string[] {
  return importsOf(file).flatMap(({ specifier }) => targetOf(file.path, specifier) ?? []);
}

/** Every file that imports itself over others, types too, with all files of its circle. One that names itself is none. */
export function findImportCircles(files: readonly SourceFile[]): { path: string; circle: string[] }[] {
  const imports = new Map(files.map((file) => [file.path, targetsOf(file).filter((target) => target !== file.path)]));
  const reached = new Map<string, Set<string>>();
  for (const path of imports.keys()) {
    const seen = new Set<string>();
    const open = [path];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const target of imports.get(next) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        open.push(target);
      }
    }
    reached.set(path, seen);
  }
  return [...reached].flatMap(([path, targets]) =>
    targets.has(path) ? [{ path, circle: [...targets].filter((target) => reached.get(target)?.has(path)).sort() }] : [],
  );
}

export function readSources(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  for (const part of Object.keys(ALLOWED)) {
    const folder = join(root, part);
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const full = join(entry.parentPath, entry.name);
      files.push({ path: relative(root, full).split(sep).join('/'), text: readFileSync(full, 'utf8') });
    }
  }
  return files;
}

if (import.meta.main) {
  const problems = findImportProblems(readSources(resolve(dirname(import.meta.filename), '..')));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
