import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { refuseRows } from '../database/testing/refused-rows.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { type ApiRequest, route, type ServiceDefinition } from '../http/route.ts';
import { BASE_RULES, MEMBER, READER, rules } from '../policy/base.policy.ts';
import { PolicyService } from '../policy/policy.service.ts';
import { AuditRepository } from './audit.repository.ts';
import { AuditService } from './audit.service.ts';
import { noteMade } from './audited-request.ts';

/** Regions stand for whatever is changed. */
let folder: string;
let database: Database;
let edge: EdgeFixture;
/** What the handler of DELETE waits for, and what it saw when its change was done. */
let began: PromiseWithResolvers<ApiRequest<unknown, unknown>>;
let goOn: Promise<unknown>;
let seen: PromiseWithResolvers<unknown[]>;
/** What the handler leaves running until its answer has arrived. */
let answered: PromiseWithResolvers<void>;
let later: Promise<void>;
/** Whether the handler of POST says in its change what it makes. */
let isSaid: boolean;

const RULES = [...rules(READER, ['list_things']), ...rules(MEMBER, ['create_thing', 'delete_thing'])];
const make = async (id: string, say: () => void = () => undefined) =>
  await database.transaction(async (trx) => {
    say();
    await trx.insertInto('identity_region').values({ id, description: '', extra: '{}' }).execute();
  });
const things: ServiceDefinition = {
  name: 'things',
  prefix: '/things',
  root: '/things',
  faults: 'nova',
  routes: [
    route({
      method: 'POST',
      path: '',
      rule: 'create_thing',
      status: 201,
      answer: z.unknown(),
      handler: async () => {
        await make('made', () => {
          if (isSaid) noteMade({ id: 'made', name: 'disk' });
        });
        return { thing: { id: 'made', name: 'disk' } };
      },
    }),
    route({
      method: 'PUT',
      path: '/:id',
      rule: 'create_thing',
      handler: async ({ params }) => {
        await make(params.id ?? '');
        throw new UserError('conflict', 'The next step found it in use.');
      },
    }),
    route({
      method: 'DELETE',
      path: '/:id',
      rule: 'delete_thing',
      handler: async (request) => {
        began.resolve(request);
        later = answered.promise.then(() => make('later'));
        await goOn;
        await database.transaction(async (trx) => {
          await trx
            .deleteFrom('identity_region')
            .where('id', '=', request.params.id ?? '')
            .execute();
        });
        seen.resolve(await trail());
      },
    }),
    route({
      method: 'POST',
      path: '/sign-in',
      rule: 'sign_in',
      isPublic: true,
      isSignIn: true,
      handler: async () => undefined,
    }),
  ],
};

beforeEach(async () => {
  isSaid = false;
  folder = await mkdtemp(join(tmpdir(), 'cumulet-audit-'));
  database = await openDatabase(folder);
  const policy = new PolicyService([...BASE_RULES, ...RULES]);
  const audit = new AuditService({ database, repository: new AuditRepository(database), policy });
  edge = await EdgeFixture.open([things], { rules: RULES, audit });
  began = Promise.withResolvers();
  goOn = Promise.resolve();
  seen = Promise.withResolvers();
  answered = Promise.withResolvers();
  await make('old');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await edge.close();
  await database.close();
  await rm(folder, { recursive: true });
});

async function trail() {
  const rows = database.query.selectFrom('audit_record').select(['action', 'status', 'address', 'user_name', 'reason']);
  return await rows.select(['resource_id', 'resource_name']).orderBy('id').execute();
}
const isThere = async (id: string) =>
  (await database.query.selectFrom('identity_region').select('id').where('id', '=', id).execute()).length > 0;
const remove = async (id: string, token = 'member') => await edge.send(`/things/${id}`, { method: 'DELETE', token });
const removed = {
  ...{ action: 'delete_thing', status: 204, address: '127.0.0.1', user_name: 'member', reason: null },
  ...{ resource_id: 'old', resource_name: null },
};

test('a change of somebody who has gone is recorded with it, and with where they were', async () => {
  const gone = Promise.withResolvers<void>();
  goOn = gone.promise;
  const socket = connect(edge.port, '127.0.0.1');
  socket.write(`DELETE /things/old HTTP/1.1\r\nHost: 127.0.0.1:${edge.port}\r\nX-Auth-Token: member\r\n\r\n`);
  const { raw } = await began.promise;
  const closed = new Promise<void>((resolve) => raw.raw.socket.once('close', () => resolve()));
  socket.resetAndDestroy();
  await closed;
  gone.resolve();
  expect(await seen.promise).toEqual([removed]);
  expect(await isThere('old')).toBe(false);
});

test('one write to the disk for a change and its record; what it made is told of it after', async () => {
  const [full, quick] = [vi.spyOn(database, 'transaction'), vi.spyOn(database, 'quickTransaction')];
  expect((await remove('old')).status).toBe(204);
  expect([full.mock.calls.length, quick.mock.calls.length]).toEqual([1, 0]);
  expect((await edge.send('/things', { method: 'POST', token: 'member' })).status).toBe(201);
  expect([full.mock.calls.length, quick.mock.calls.length]).toEqual([2, 1]);
  expect(await trail()).toEqual([
    removed,
    { ...removed, action: 'create_thing', status: 201, resource_id: 'made', resource_name: 'disk' },
  ]);
});

test('what says in its change what it makes has it in the record at once, and nothing is written after it', async () => {
  isSaid = true;
  const quick = vi.spyOn(database, 'quickTransaction');
  expect((await edge.send('/things', { method: 'POST', token: 'member' })).status).toBe(201);
  expect(quick).not.toHaveBeenCalled();
  expect(await trail()).toEqual([
    { ...removed, action: 'create_thing', status: 201, resource_id: 'made', resource_name: 'disk' },
  ]);
});

test('where the request fails after its first change, the one record says so', async () => {
  expect((await edge.send('/things/half', { method: 'PUT', token: 'member' })).status).toBe(409);
  const failed = { action: 'create_thing', status: 409, reason: 'The next step found it in use.' };
  expect(await trail()).toEqual([{ ...removed, ...failed, resource_id: 'half' }]);
});

test('what cannot be recorded is not done, and no sign-in or refusal passes without a record either', async () => {
  const mendTrail = await refuseRows(database.query, 'audit_record');
  const answer = await remove('old');
  expect([answer.status, answer.json]).toEqual([
    503,
    { serviceUnavailable: { code: 503, message: expect.stringContaining('The audit trail cannot be written.') } },
  ]);
  expect(await isThere('old')).toBe(true);
  expect((await edge.send('/things/sign-in', { method: 'POST' })).status).toBe(503);
  expect((await remove('old', 'reader')).status).toBe(503);
  await mendTrail();
  expect((await remove('old')).status).toBe(204);
  expect(await trail()).toEqual([removed]);
});

test('what goes on after the answer, and what the controller does by itself, is no part of a request', async () => {
  expect((await remove('old')).status).toBe(204);
  answered.resolve();
  await later;
  await make('by itself');
  expect([await isThere('later'), await isThere('by itself')]).toEqual([true, true]);
  expect((await trail()).map(({ status }) => status)).toEqual([204]);
});
