import { type JsonSchema, titleOf } from '../app/http/json-schema.ts';
import type { OpenApiDocument, Operation, Parameter } from '../app/http/openapi.ts';
import { key, printType } from './typescript-printer.ts';

const HEADER = '// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".\n';

type NamedCall = readonly [call: string, operation: Operation];
type Schemas = Readonly<Record<string, JsonSchema>>;

/** What stands in an answer beside other things and has as many members as this is a thing, and things have names. */
const THING = 4;

/** Things in answers of `calls` that have no name. */
export function namelessIn(calls: readonly NamedCall[]): string[] {
  const problems = calls.flatMap(([call, { responses }]) =>
    Object.entries(responses)
      .flatMap(([status, { content }]) =>
        status === 'default'
          ? []
          : Object.values(content ?? {}).flatMap(({ schema }) =>
              partsOf(schema, '').flatMap(([part, at]) => namelessThings(part, at)),
            ),
      )
      .map((at) => `${call}: ${at} of its answer has no title: give its schema .meta({ title: '...' })`),
  );
  return [...new Set(problems)];
}

function namelessThings(schema: JsonSchema, at: string): string[] {
  if (schema.$ref !== undefined) return [];
  if (Object.keys(schema.properties ?? {}).length >= THING) return [at];
  return partsOf(schema, at).flatMap(([part, place]) => namelessThings(part, place));
}

/** The schemas directly in one, each with where it stands. */
function partsOf(schema: JsonSchema, at: string): [JsonSchema, string][] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [], allOf = [], prefixItems = [] } = schema;
  const named = Object.entries(properties).map(([name, part]): [JsonSchema, string] => [
    part,
    at === '' ? name : `${at}.${name}`,
  ]);
  const listed = [items, ...prefixItems].map((part): [typeof part, string] => [part, `${at}[]`]);
  const same = [...anyOf, ...oneOf, ...allOf].map((part): [JsonSchema, string] => [part, at]);
  return [...named, ...listed, ...same, [additionalProperties, `${at}.*`] as const].filter(
    (each): each is [JsonSchema, string] => typeof each[0] === 'object',
  );
}

/** The named calls of a service, by the first part of their paths behind the version: `servers`. */
export function byResource(
  documents: readonly OpenApiDocument[],
  named: ReadonlySet<string>,
): Map<string, NamedCall[]> {
  const calls = documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .map(([method, operation]): NamedCall => [callName(method, path), operation])
        .filter(([call]) => named.has(call)),
    ),
  );
  return Map.groupBy(calls, ([call]) => {
    const parts = call.split('/').slice(2);
    return parts.find((part) => !/^v\d/.test(part)) ?? SHARED;
  });
}

/** What several resources of a service refer to. */
const SHARED = 'shared';

/** The types of the calls of a service that are named: a file for each resource, by name. */
export function printService(documents: readonly OpenApiDocument[], named: ReadonlySet<string>): Map<string, string> {
  const all: Schemas = Object.assign({}, ...documents.map(({ components }) => components.schemas));
  const resources = byResource(documents, named);
  const users = Map.groupBy(
    [...resources].flatMap(([name, calls]) => [...titlesIn(calls, all)].map((title) => ({ title, name }))),
    ({ title }) => title,
  );
  const isShared = (title: string) => (users.get(title) ?? []).length > 1;
  const files = new Map<string, string>();
  for (const [name, calls] of resources) {
    const own = [...titlesIn(calls, all)].filter((title) => !isShared(title));
    const used = refsIn([calls, own.map((title) => all[title])]).filter(isShared);
    const imports =
      used.length > 0 ? [`import type { ${used.toSorted().join(', ')} } from './${SHARED}.api.ts';\n`] : [];
    const printed = calls.map(([call, operation]) => printCall(call, operation));
    const api = `export interface ${interfaceOf(name)} {\n${printed.join('')}}\n`;
    files.set(name, [HEADER, ...imports, ...printTitled(own, all), api].join('\n'));
  }
  const shared = [...users.keys()].filter(isShared);
  if (shared.length > 0) files.set(SHARED, [HEADER, ...printTitled(shared, all)].join('\n'));
  return files;
}

/** Every call, in one type. */
export function printIndex(files: readonly (readonly [service: string, resource: string])[]): string {
  const apis = files.filter(([, resource]) => resource !== SHARED);
  const nameOf = ([service, resource]: readonly [string, string]) => titleOf(service) + interfaceOf(resource);
  const imports = apis.map(
    ([service, resource]) =>
      `import type { ${interfaceOf(resource)} as ${nameOf([service, resource])} } from './${service}/${resource}.api.ts';\n`,
  );
  const list = apis.map((file) => `    ${nameOf(file)}`).join(',\n');
  return `${HEADER}\n${imports.join('')}\nexport interface ApiCalls\n  extends\n${list} {}\n`;
}

function interfaceOf(resource: string): string {
  return `${titleOf(resource)}Api`;
}

/** What `part` refers to itself. */
function refsIn(part: unknown): string[] {
  const found = [...JSON.stringify(part).matchAll(/"\$ref":"[^"]*\/([^"/]+)"/g)].map(([, title = '']) => title);
  return [...new Set(found)].filter((title) => title !== 'Fault');
}

/** What `part` refers to, and what that does. */
function titlesIn(part: unknown, all: Schemas, found = new Set<string>()): Set<string> {
  for (const title of refsIn(part)) {
    if (found.has(title) || !all[title]) continue;
    found.add(title);
    titlesIn(all[title], all, found);
  }
  return found;
}

function printTitled(titles: readonly string[], all: Schemas): string[] {
  return titles
    .toSorted((a, b) => a.localeCompare(b, 'en'))
    .map((title) => {
      const { title: _same, ...schema } = all[title] ?? {};
      return printNamed(title, schema);
    });
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

/** The names of the policy's rules, as one type. */
export function printRules(names: readonly string[]): string {
  const lines = [...names].sort().map((name) => `  | '${name}'`);
  return `${HEADER}\nexport type RuleName =\n${lines.join('\n')};\n`;
}
