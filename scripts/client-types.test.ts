import { expect, test } from 'vitest';
import { z } from 'zod';
import { type OpenApiDocument, openApiDocument } from '../app/http/openapi.ts';
import { type RouteDefinition, route, type ServiceDefinition } from '../app/http/route.ts';
import { byResource, namelessIn, printIndex, printService } from './client-types.ts';

const text = z.string();
const person = z.object({ id: text, name: text, links: z.object({ self: text }), since: text });
const named = person.meta({ title: 'PersonView' });

function get(path: string, answer: z.ZodType): RouteDefinition {
  return route({ method: 'GET', path, rule: 'x', answer, handler: async () => undefined });
}

function documentOf(...routes: RouteDefinition[]): OpenApiDocument[] {
  const service: ServiceDefinition = { name: 'club', prefix: '/club/v2.1', root: '/club', faults: 'v1', routes };
  return [openApiDocument(service, 1)];
}

function calls(...documents: OpenApiDocument[]): Set<string> {
  return new Set(documents.flatMap(({ paths }) => Object.keys(paths).map((path) => `GET ${path}`)));
}

test.for<[string, z.ZodType, string[]]>([
  ['a list', z.object({ people: z.array(person) }), ['people[]']],
  ['one under its name', z.object({ person }), ['person']],
  ['one that may be missing', z.object({ person: person.nullable() }), ['person']],
  ['one of several', z.union([z.object({ person }), z.object({ error: text })]), ['person']],
  ['members by name', z.object({ people: z.record(text, person) }), ['people.*']],
  ['what has a name', z.object({ people: z.array(named), person: named }), []],
  ['what has few members', z.object({ people: z.array(z.object({ id: text, name: text, since: text })) }), []],
  ['what stands in a thing with a name', z.object({ a: z.object({ b: person }).meta({ title: 'A' }) }), []],
  ['the answer itself, which its call names', person, []],
])('things in answers have names: %s', ([, answer, places]) => {
  const documents = documentOf(get('/people', answer));
  const problems = [...byResource(documents, calls(...documents)).values()].flatMap(namelessIn);
  expect(problems).toEqual(
    places.map((place) => expect.stringContaining(`GET /club/v2.1/people: ${place} of its answer has no title`)),
  );
});

test('there is a file for each resource, with its calls and types, and one for the types of several', () => {
  const link = z.object({ rel: text }).meta({ title: 'Link' });
  const room = z.object({ id: text, links: z.array(link) }).meta({ title: 'RoomView' });
  const member = z.object({ id: text, links: z.array(link) }).meta({ title: 'MemberView' });
  const documents = documentOf(
    get('/rooms', z.object({ rooms: z.array(room) })),
    get('/rooms/:id/keys', z.object({ keys: z.array(text) })),
    get('/os-members', z.object({ members: z.array(member) })),
    get('/never-named', z.object({ person: named })),
  );
  const asked = calls(...documents);
  asked.delete('GET /club/v2.1/never-named');
  const files = printService(documents, new Set([...asked].map((call) => call.replace('{id}', ':id'))));
  expect([...files.keys()]).toEqual(['rooms', 'os-members', 'shared']);
  const rooms = files.get('rooms') ?? '';
  expect(rooms).toContain("import type { Link } from './shared.api.ts';");
  expect(rooms).toContain('export interface RoomView { id: string; links: Link[] }');
  expect(rooms).toContain("'GET /club/v2.1/rooms': { answer: { rooms: RoomView[] } };");
  expect(rooms).toContain("'GET /club/v2.1/rooms/:id/keys'");
  expect(rooms).not.toContain('MemberView');
  expect(files.get('shared')).toContain('export interface Link { rel: string }');
  const index = printIndex([
    ['club', 'rooms'],
    ['club', 'os-members'],
    ['club', 'shared'],
  ]);
  expect(index).toContain("import type { OsMembersApi as ClubOsMembersApi } from './club/os-members.api.ts';");
  expect(index).toMatch(/export interface ApiCalls\n {2}extends\n {4}ClubRoomsApi,\n {4}ClubOsMembersApi \{\}/);
});
