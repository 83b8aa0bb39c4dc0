import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DASHBOARD_COMPUTE_VERSION } from '../app/contract/openstack.ts';
import type { JsonSchema } from '../app/http/json-schema.ts';
import { type OpenApiDocument, type Operation, openApiDocument, type Parameter } from '../app/http/openapi.ts';
import type { ServiceDefinition } from '../app/http/route.ts';
import { declaredServices } from '../app/modules.ts';
import { printReference } from './api-reference.ts';
import { key, printType } from './typescript-printer.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CLIENT = 'app/contract/generated';
/** Not committed: `npm run reference`. */
const REFERENCE = 'docs/api';

const HEADER = '// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".\n';

/** `GET /identity/v3/users`, as the dashboard names its calls: whole, so that they are found. */
const CALL = /['"`]((?:GET|POST|PUT|PATCH|DELETE) \/[^'"`\s]*)['"`]/g;

function namedCalls(): Set<string> {
  const folder = join(ROOT, 'renderer');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  const calls = sources.flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(CALL)]);
  return new Set(calls.map(([, call]) => call as string));
}

/** The types of those of a service's calls that are named, in the microversion the dashboard speaks; null: none is. */
function printClient(name: string, documents: readonly OpenApiDocument[], named: ReadonlySet<string>): string | null {
  const calls = documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .map(([method, operation]) => [callName(method, path), operation] as const)
        .filter(([call]) => named.has(call)),
    ),
  );
  if (calls.length === 0) return null;
  const all = Object.assign({}, ...documents.map(({ components }) => components.schemas));
  const types = [...schemasOf(calls, all)]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([title, { title: _same, ...schema }]) => printNamed(title, schema));
  const title = name.replace(/^\w/, (letter) => letter.toUpperCase());
  const printed = calls.map(([call, operation]) => printCall(call, operation));
  return [HEADER, ...types, `export interface ${title}Api {\n${printed.join('')}}\n`].join('\n');
}

/** What `calls` send and answer refers to, and what that does. */
function schemasOf(calls: unknown, all: Record<string, JsonSchema>): Map<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const look = (part: unknown) => {
    for (const [, title = ''] of JSON.stringify(part).matchAll(/"\$ref":"[^"]*\/([^"/]+)"/g)) {
      const schema = all[title];
      if (!schema || title === 'Fault' || found.has(title)) continue;
      found.set(title, schema);
      look(schema);
    }
  };
  look(calls);
  return found;
}

function callName(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
}

function printNamed(title: string, schema: JsonSchema): string {
  const type = printType(schema);
  return type.startsWith('{') ? `export interface ${title} ${type}\n` : `export type ${title} = ${type};\n`;
}

/** What a call does not have is not there: no query, no body, no answer. */
function printCall(name: string, { parameters, requestBody, responses }: Operation): string {
  const success = Object.entries(responses).find(([status]) => status !== 'default')?.[1];
  const parts = Object.entries({
    params: printParameters(parameters.filter((one) => one.in === 'path')),
    query: printParameters(parameters.filter((one) => one.in === 'query')),
    body: printContent(requestBody?.content),
    answer: printContent(success?.content),
  }).flatMap(([part, type]) => (type === undefined ? [] : [`${part}: ${type}`]));
  const line = `{ ${parts.join('; ')} }`;
  if (parts.length === 0) return `  ${key(name)}: Record<never, never>;\n`;
  if (parts.length === 1 && !line.includes('\n') && line.length + name.length < 110)
    return `  ${key(name)}: ${line};\n`;
  return `  ${key(name)}: {\n${parts.map((part) => `    ${part};\n`).join('')}  };\n`;
}

function printParameters(parameters: Parameter[]): string | undefined {
  if (parameters.length === 0) return undefined;
  const open = parameters.find(({ explode }) => explode === true);
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(parameters.filter((one) => one !== open).map((one) => [one.name, one.schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    ...(open && { additionalProperties: open.schema.additionalProperties ?? true }),
  };
  return printType(schema, '    ');
}

function printContent(content: Record<string, { schema: JsonSchema }> | undefined): string | undefined {
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (!media || !type) return undefined;
  return type.includes('json') ? printType(media.schema, '    ') : 'Blob';
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

/** By path: the dashboard's types, or the reference. */
function generatedFiles(what: 'client' | 'reference'): Map<string, string> {
  const asked = Number(DASHBOARD_COMPUTE_VERSION.split('.')[1]);
  const named = namedCalls();
  const files = new Map<string, string>();
  for (const [name, services] of grouped()) {
    const at = (version: (service: ServiceDefinition) => number) =>
      services.map((service) => openApiDocument(service, version(service)));
    if (what === 'client') {
      const client = printClient(
        name,
        at(() => asked),
        named,
      );
      if (client !== null) files.set(`${CLIENT}/${name}.api.ts`, client);
    } else {
      const newest = at(({ microversions }) => microversions?.max ?? asked);
      files.set(`${REFERENCE}/${name}.md`, printReference(name, services, newest));
    }
  }
  return files;
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  mkdirSync(join(ROOT, folder), { recursive: true });
  for (const [file, text] of files) writeFileSync(join(ROOT, file), text);
}

/** What of the dashboard's types is not that of now. */
function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const there = readdirSync(join(ROOT, CLIENT)).map((name) => `${CLIENT}/${name}`);
  return [...new Set([...there, ...files.keys()])]
    .filter((file) => !there.includes(file) || readFileSync(join(ROOT, file), 'utf8') !== files.get(file))
    .map((file) => `${file} is not up to date: run "npm run check -- --fix"`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, reference: { type: 'boolean' } } });
  if (values.reference) {
    write(REFERENCE, generatedFiles('reference'));
    console.log(`The reference of every API is in ${REFERENCE}.`);
  } else {
    const files = generatedFiles('client');
    const problems = values.write ? [] : problemsOf(files);
    if (values.write) write(CLIENT, files);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
  }
}
