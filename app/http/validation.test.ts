import { expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { validate } from './validation.ts';

const network = z.strictObject({ uuid: z.uuid(), tag: z.string().max(5).nullable().optional() });
const body = z.strictObject({
  server: z.strictObject({
    name: z.string().min(1),
    networks: z.union([z.literal('auto'), z.literal('none'), z.array(network)]),
    metadata: z.record(z.string().max(3), z.string()).optional(),
    power: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('soft'), timeout: z.number() }),
        z.strictObject({ type: z.literal('hard') }),
      ])
      .optional(),
  }),
});
const good = { name: 'a', networks: 'auto' };
const uuid = 'b2c1a3d8-5a6e-4c0e-8d6f-1d1c1b1a1918';

function refusal(value: unknown, place: 'body' | 'query' = 'body'): { field: string | undefined; message: string } {
  try {
    validate(body, value, place);
  } catch (error) {
    if (error instanceof UserError && error.code === 'bad_request') {
      expect(error.message).toContain(error.field);
      return { field: error.field, message: error.message };
    }
    throw error;
  }
  throw new Error('it was accepted');
}

test('what fits passes, without keys that only look like fields', () => {
  const server = { ...good, networks: [{ uuid, tag: null }], metadata: { a: 'b' } };
  expect(validate(body, { server }, 'body')).toEqual({ server });
  const evil = JSON.parse('{"a":"b","__proto__":{"isAdmin":true}}');
  const read = validate(z.record(z.string(), z.unknown()), evil, 'body');
  expect(Object.keys(read)).toEqual(['a']);
  expect('isAdmin' in read).toBe(false);
});

test.for<[string, unknown, string]>([
  ['no body', undefined, 'body'],
  ['a list for an object', [], 'body'],
  ['a missing field', { server: { networks: 'auto' } }, 'server.name'],
  ['an unknown field', { server: { ...good, nmae: 'b' } }, 'server.nmae'],
  ['an unknown field at the top', { server: good, extra: 1 }, 'extra'],
  ['a wrong type deep inside', { server: { ...good, networks: [{ uuid }, { uuid: 5 }] } }, 'server.networks.1.uuid'],
  [
    'the union branch that got farthest',
    { server: { ...good, networks: [{ uuid, tag: 'too long' }] } },
    'server.networks.0.tag',
  ],
  ['an unknown field inside a union', { server: { ...good, networks: [{ uuid, port: 1 }] } }, 'server.networks.0.port'],
  ['no branch of a union', { server: { ...good, networks: 'some' } }, 'server.networks'],
  ['a key of a record', { server: { ...good, metadata: { long: 'x' } } }, 'server.metadata.long'],
  ['a value of a record', { server: { ...good, metadata: { a: 1 } } }, 'server.metadata.a'],
  ['an unknown kind', { server: { ...good, power: { type: 'warm' } } }, 'server.power.type'],
  ['a field of another kind', { server: { ...good, power: { type: 'hard', timeout: 1 } } }, 'server.power.timeout'],
])('the 400 names the field at fault: %s', ([, value, field]) => {
  expect(refusal(value).field).toBe(field);
});

test('where nothing of a union fits, all that would is said', () => {
  expect(refusal({ server: { ...good, networks: 7 } }).message).toBe(
    'Invalid input for field/attribute server.networks. Invalid input: expected "auto" or expected "none" or expected array, received number.',
  );
});

test('queries are told apart, and absurd names are cut', () => {
  expect(refusal({ server: good, foo: '1' }, 'query').message).toBe('Invalid input: unknown query parameter foo.');
  const { field, message } = refusal({ server: { ...good, ['x'.repeat(1_000_000)]: 1 } });
  expect(field).toHaveLength(201);
  expect(message.length).toBeLessThan(300);
});
