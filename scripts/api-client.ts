import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DASHBOARD_COMPUTE_VERSION } from '../app/contract/openstack.ts';
import type { JsonSchema } from '../app/http/json-schema.ts';
import { type OpenApiDocument, type Operation, openApiDocument, type Parameter } from '../app/http/openapi.ts';
import type { ServiceDefinition } from '../app/http/route.ts';
import { declaredServices } from '../app/modules.ts';
import { printReference } from './api-reference.ts';
import { key, printType } from './typescript-printer.ts';

const HEADER = '// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".\n';

/** The types of a service's calls, in the microversion the dashboard speaks. */
export function printClient(name: string, documents: readonly OpenApiDocument[]): string {
  const schemas: Record<string, JsonSchema> = Object.assign(
    {},
    ...documents.map(({ components }) => components.schemas),
  );
  delete schemas.Fault;
  const types = Object.entries(schemas)
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([title, { title: _same, ...schema }]) => printNamed(title, schema));
  const calls = documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => printCall(method, path, operation)),
    ),
  );
  const title = name.replace(/^\w/, (letter) => letter.toUpperCase());
  return [HEADER, ...types, `export interface ${title}Api {\n${calls.join('')}}\n`].join('\n');
}

function printNamed(title: string, schema: JsonSchema): string {
  const type = printType(schema);
  return type.startsWith('{') ? `export interface ${title} ${type}\n` : `export type ${title} = ${type};\n`;
}

/** What a call does not have is not there: no query, no body, no answer. */
function printCall(method: string, path: string, { parameters, requestBody, responses }: Operation): string {
  const name = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
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

function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, services] of grouped()) {
    const asked = Number(DASHBOARD_COMPUTE_VERSION.split('.')[1]);
    const documents = services.map((service) => openApiDocument(service, asked));
    const newest = services.map((service) => openApiDocument(service, service.microversions?.max ?? asked));
    files.set(`app/contract/generated/${name}.api.ts`, printClient(name, documents));
    files.set(`docs/api/${name}.md`, printReference(name, services, newest));
  }
  return files;
}

/** Writes what is made from the routes with `--write`; otherwise says what of it is not that of now. */
function main(write: boolean): string[] {
  const root = resolve(import.meta.dirname, '..');
  const files = generatedFiles();
  const problems: string[] = [];
  for (const folder of ['app/contract/generated', 'docs/api']) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of readdirSync(join(root, folder))) {
      if (files.has(`${folder}/${name}`)) continue;
      if (write) rmSync(join(root, folder, name));
      else problems.push(`${folder}/${name} is of no service: run "npm run check -- --fix"`);
    }
  }
  for (const [file, text] of files) {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    if (write) writeFileSync(path, text);
    else problems.push(`${file} is not up to date: run "npm run check -- --fix"`);
  }
  return problems;
}

if (import.meta.main) {
  const problems = main(process.argv.includes('--write'));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
