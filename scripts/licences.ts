import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'vite';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      optional: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      peerDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Lock = z.infer<typeof lockSchema>['packages'];

export interface PackageLicence {
  name: string;
  version: string;
  licence: string;
}

/** The copyleft that reaches the program which contains it. LGPL, MPL and EPL stay with their own files. */
const REFUSED = /(^|[^L])A?GPL/;

/** Packages that reach people: the dependencies, and what the dashboard's bundle contains, each with all it needs. */
export function listShippedPackages(lock: Lock, bundled: readonly string[]): PackageLicence[] {
  const shipped = new Map<string, PackageLicence>();
  const add = (name: string, from: string) => {
    const path = locate(lock, name, from);
    const entry = path === null ? undefined : lock[path];
    if (path === null || !entry || shipped.has(path)) return;
    shipped.set(path, { name, version: entry.version ?? '', licence: entry.license ?? 'unknown' });
    for (const next of Object.keys({ ...entry.dependencies, ...entry.peerDependencies })) add(next, path);
  };
  for (const name of [...Object.keys(lock['']?.dependencies ?? {}), ...bundled]) add(name, '');
  return [...shipped.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  );
}

/** Those whose licence does not let us ship them as we do, or is not known. One of several to choose from suffices. */
export function findRefusedLicences(packages: readonly PackageLicence[]): PackageLicence[] {
  return packages.filter(({ licence }) => {
    const choices = licence.replace(/[()]/g, '').split(/\s+OR\s+/);
    return choices.every((choice) => choice === 'unknown' || choice === 'UNLICENSED' || REFUSED.test(choice));
  });
}

/** Node's own search: the nearest node_modules on the way up. */
function locate(lock: Lock, name: string, from: string): string | null {
  for (let folder = from; ; ) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock[path]) return path;
    if (folder === '') return null;
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0));
  }
}

function findBundledPackages(root: string): string[] {
  const names = new Set<string>();
  const folder = join(root, 'renderer');
  if (!existsSync(folder)) return [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!/\.tsx?$/.test(entry.name) || /\.(test|config)\.tsx?$/.test(entry.name)) continue;
    if (entry.parentPath.includes('testing')) continue;
    const path = join(entry.parentPath, entry.name);
    const { module } = parseSync(path, readFileSync(path, 'utf8'));
    for (const { moduleRequest } of module.staticImports) {
      const name = /^(@[^/]+\/[^/]+|[^@./][^/]*)/.exec(moduleRequest.value)?.[0];
      if (name && !name.startsWith('node:')) names.add(name);
    }
  }
  return [...names].sort();
}

/** Writes the list with `--write`; otherwise says when the stored one is not that of now. */
function main(write: boolean): string[] {
  const root = resolve(import.meta.dirname, '..');
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).packages;
  const packages = listShippedPackages(lock, findBundledPackages(root));
  const file = join(root, 'assets', 'licences.json');
  const text = `${JSON.stringify(packages, null, 2)}\n`;
  const problems = findRefusedLicences(packages).map(
    ({ name, version, licence }) => `${name} ${version} has the licence ${licence}`,
  );
  if (write) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    problems.push('assets/licences.json is not up to date: run "npm run check -- --fix"');
  }
  return problems;
}

if (import.meta.main) {
  const problems = main(process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
