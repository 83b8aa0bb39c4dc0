import { expect, test } from 'vitest';
import { z } from 'zod';
import { type RouteDefinition, route, type ServiceDefinition } from '../app/http/route.ts';
import { differences, lockLines, ranges } from './api-lock.ts';

function service(routes: RouteDefinition[], more: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return { name: 'things', prefix: '/things', root: '/things', faults: 'v1', routes, ...more };
}

function locked(body: z.ZodType, query?: z.ZodType): string[] {
  const post = route({ method: 'POST', path: '/:id', rule: 'make', body, query, handler: async () => {} });
  const start = '/things/{id} POST ';
  return lockLines([service([post])]).flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []));
}

test('a route says status and rule; fields say type, bounds, default and whether they may be left out', () => {
  const body = z.strictObject({
    name: z.string().min(1).max(255),
    size: z.number().int().min(0).nullable().optional(),
    kind: z.enum(['a', 'b']).default('a'),
    at: z.uuid(),
    tags: z.array(z.string().regex(/^x/)).max(50),
    labels: z.record(z.string(), z.number()),
    parts: z.array(z.object({ id: z.string() })),
  });
  expect(locked(body, z.object({ limit: z.string().optional() }))).toEqual([
    'body at: string uuid',
    'body kind?: "a" | "b" = "a"',
    'body labels.*?: number',
    'body labels: object of any',
    'body name: string 1..255',
    'body parts: object[]',
    'body parts[].id: string',
    'body size?: integer 0.. | null',
    'body tags: (string /^x/)[] ..50',
    'body: object',
    'query limit?: string',
  ]);
});

test('what differs between choices is told apart', () => {
  const body = z.union([z.strictObject({ a: z.string() }), z.strictObject({ a: z.number() })]);
  expect(locked(body)).toEqual(['body (1).a: string', 'body (2).a: number', 'body: object | object']);
});

test('a field is marked with the microversions that have it; a schema with a title is written once', () => {
  const answer = (version: number) =>
    z.object({ id: z.string(), ...(version >= 3 && { name: z.string() }) }).meta({ title: `Thing` });
  const routes = ['/one', '/two'].map((path) =>
    route({ method: 'GET', path, rule: 'show', since: path === '/two' ? 2 : 1, answer, handler: async () => {} }),
  );
  expect(lockLines([service(routes, { microversions: { type: 'thing', min: 1, max: 4 } })])).toEqual(
    expect.arrayContaining([
      '/things/one GET answer: Thing',
      '/things/one GET: 200, by show',
      '/things/two GET answer: Thing  [2.2-2.4]',
      'things schema Thing id: string',
      'things schema Thing name: string  [2.3-2.4]',
    ]),
  );
  expect(ranges([1, 2, 3, 7, 9, 10])).toBe('2.1-2.3, 2.7, 2.9-2.10');
});

test('a difference stands as the line that went beside the line that came', () => {
  expect(differences(['a: string', 'b: string', 'c: string'], ['a: string', 'b: number', 'd: string'])).toEqual([
    '+ b: number',
    '- b: string',
    '- c: string',
    '+ d: string',
  ]);
});
