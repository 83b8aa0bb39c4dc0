import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { OperationalError, UserError } from '../contract/errors.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { route } from './route.ts';

const FAULTS: Record<string, () => Error> = {
  wrong: () => new UserError('conflict', 'It is in use.'),
  full: () => new OperationalError('unavailable', 'controller', 'Too many at this time.', { retryAfter: 10 }),
  held: () => {
    const cause = new Error('database is locked');
    return new OperationalError('unavailable', 'controller', 'The database is in use.', { retryAfter: 5, cause });
  },
  away: () => new OperationalError('unavailable', 'agent', 'The host is away.'),
  ours: () => new TypeError('x is not a function'),
};

let edge: EdgeFixture;
beforeAll(async () => {
  const routes = Object.entries(FAULTS).map(([name, fault]) => {
    const handler = async (): Promise<void> => {
      throw fault();
    };
    return route({ method: 'POST', path: `/${name}`, rule: 'any', isPublic: true, body: z.unknown(), handler });
  });
  edge = await EdgeFixture.open([{ name: 'demo', prefix: '/demo', root: '/demo', faults: 'glance', routes }]);
});
afterAll(() => edge.close());

async function loggedFor(name: string) {
  edge.logged.length = 0;
  const { status, headers } = await edge.send(`/demo/${name}`, { method: 'POST', json: {} });
  return { status, id: headers['x-openstack-request-id'], lines: [...edge.logged] };
}

test.for(['wrong', 'full'])('a request that is refused (%s) leaves nothing in the log', async (name) => {
  const { status, lines } = await loggedFor(name);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(lines).toEqual([]);
});

test.for(['held', 'away'])('a trouble that is known (%s) is a line without a stack', async (name) => {
  const { status, id, lines } = await loggedFor(name);
  expect([status, lines]).toEqual([503, [expect.objectContaining({ level: 40, code: 'unavailable', requestId: id })]]);
  expect(JSON.stringify(lines)).not.toContain('stack');
});

test('what came of it stands beside it', async () => {
  expect((await loggedFor('held')).lines).toEqual([expect.objectContaining({ cause: 'Error: database is locked' })]);
});

test('a mistake of ours is an error with its stack', async () => {
  const { status, id, lines } = await loggedFor('ours');
  const err = expect.objectContaining({ message: 'x is not a function', stack: expect.stringContaining('fault-log') });
  expect([status, lines]).toEqual([500, [expect.objectContaining({ level: 50, err, requestId: id })]]);
});
