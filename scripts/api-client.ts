import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DASHBOARD_COMPUTE_VERSION } from '../app/contract/openstack.ts';
import { openApiDocument } from '../app/http/openapi.ts';
import type { ServiceDefinition } from '../app/http/route.ts';
import { declaredServices, RULES } from '../app/modules.ts';
import { printReference } from './api-reference.ts';
import { byResource, namelessIn, printIndex, printRules, printService } from './client-types.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CLIENT = 'app/contract/generated';
/** Not committed: `npm run reference`. */
const REFERENCE = 'docs/api';

/** `GET /identity/v3/users`, as the dashboard names its calls: whole, so that they are found. */
const CALL = /['"`]((?:GET|POST|PUT|PATCH|DELETE) \/[^'"`\s]*)['"`]/g;

/** `identity:create_user`, `get_images`: names of one word (`owner`) are parts of rules, and words of other things. */
const RULE = /['"`](\w+[:_][\w:-]+)['"`]/g;

/** What `pattern` finds in the dashboard's sources. */
function namedInDashboard(pattern: RegExp): Set<string> {
  const folder = join(ROOT, 'renderer');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  const found = sources.flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(pattern)]);
  return new Set(found.map(([, name]) => name as string));
}

/** Services that share the first part of their path are one to people: the list of versions and the version. */
function grouped(): Map<string, ServiceDefinition[]> {
  const groups = new Map<string, ServiceDefinition[]>();
  for (const service of declaredServices()) {
    const name = service.root.split('/')[1] ?? '';
    groups.set(name, [...(groups.get(name) ?? []), service]);
  }
  return groups;
}

function documentsOf(services: readonly ServiceDefinition[], version: (service: ServiceDefinition) => number) {
  return services.map((service) => openApiDocument(service, version(service)));
}

/** Microversion of the dashboard. */
const ASKED = Number(DASHBOARD_COMPUTE_VERSION.split('.')[1]);

/** The dashboard's types by path, and what has no name that should. */
function clientFiles(): { files: Map<string, string>; nameless: string[] } {
  const named = namedInDashboard(CALL);
  const files = new Map<string, string>();
  const resources: [string, string][] = [];
  const nameless: string[] = [];
  for (const [service, definitions] of grouped()) {
    const documents = documentsOf(definitions, () => ASKED);
    nameless.push(...[...byResource(documents, named).values()].flatMap(namelessIn));
    for (const [resource, text] of printService(documents, named)) {
      files.set(`${CLIENT}/${service}/${resource}.api.ts`, text);
      resources.push([service, resource]);
    }
  }
  files.set(`${CLIENT}/calls.ts`, printIndex(resources));
  // Names that the dashboard asks about, so that one that is none is an error there.
  const rules = namedInDashboard(RULE);
  files.set(`${CLIENT}/rules.ts`, printRules(RULES.map(({ name }) => name).filter((name) => rules.has(name))));
  return { files, nameless };
}

function referenceFiles(): Map<string, string> {
  const newest = ({ microversions }: ServiceDefinition) => microversions?.max ?? ASKED;
  return new Map(
    [...grouped()].map(([name, services]) => [
      `${REFERENCE}/${name}.md`,
      printReference(name, services, documentsOf(services, newest)),
    ]),
  );
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  for (const [file, text] of files) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text);
  }
}

/** What of the dashboard's types is not that of now. */
function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const found = readdirSync(join(ROOT, CLIENT), { recursive: true, encoding: 'utf8' });
  const there = found.filter((name) => name.endsWith('.ts')).map((name) => `${CLIENT}/${name.replaceAll('\\', '/')}`);
  return [...new Set([...there, ...files.keys()])]
    .filter((file) => !there.includes(file) || readFileSync(join(ROOT, file), 'utf8') !== files.get(file))
    .map((file) => `${file} is not up to date: run "npm run check -- --fix"`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, reference: { type: 'boolean' } } });
  if (values.reference) {
    write(REFERENCE, referenceFiles());
    console.log(`The reference of every API is in ${REFERENCE}.`);
  } else {
    const { files, nameless } = clientFiles();
    const problems = [...nameless, ...(values.write ? [] : problemsOf(files))];
    if (values.write) write(CLIENT, files);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
  }
}
