import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuditRepository } from '../audit/audit.repository.ts';
import { AuditService } from '../audit/audit.service.ts';
import { UserError } from '../contract/errors.ts';
import { eventLogSchema, hostListSchema, taskListSchema } from '../contract/v1.ts';
import { DEFAULT_RULES } from '../default-rules.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { OidcSignInService } from '../identity/federation/oidc-sign-in.service.ts';
import { PolicyService } from '../policy/policy.service.ts';
import { QuotaRepository } from '../quota/quota.repository.ts';
import { QuotaService } from '../quota/quota.service.ts';
import { SchedulerRepository } from '../scheduler/scheduler.repository.ts';
import { SchedulerService } from '../scheduler/scheduler.service.ts';
import { TaskFixture } from '../tasks/task.fixture.ts';
import { v1Routes } from './v1.routes.ts';

let fixture: TaskFixture;
let edge: EdgeFixture;

const unused = async (): Promise<never> => {
  throw new UserError('not_found', 'Not part of this test.');
};

beforeEach(async () => {
  fixture = await TaskFixture.open();
  fixture.define([fixture.note('only')]);
  const { database, events, tasks } = fixture;
  const repository = new SchedulerRepository(database);
  const scheduler = new SchedulerService({ database, repository, events, log: pino({ level: 'silent' }) });
  const status = { name: 'Cumulet' as const, version: '0', controllerId: 'c', platform: 'linux', startedAt: '' };
  edge = await EdgeFixture.open([
    v1Routes({
      ...{
        status,
        tasks,
        events,
        scheduler,
        audit: new AuditService({
          database,
          repository: new AuditRepository(database),
          policy: new PolicyService(DEFAULT_RULES),
        }),
        backups: unused as never,
        quota: new QuotaService({ database, repository: new QuotaRepository(database), events }),
        unclaimed: unused as never,
        identity: {
          oidc: new OidcSignInService({
            clients: [],
            users: unused as never,
            codes: unused as never,
            signIns: unused as never,
            now: Date.now,
          }),
          ldap: unused as never,
          domainConfigs: unused as never,
        },
        rights: () => ({}),
        policy: () => ({ problem: null, unknown: [], rules: [] }),
        access: unused,
        screenshot: unused,
        powerOff: unused,
        hostIdOf: (hostId, projectId) => `${hostId} of ${projectId}`,
        measureHost: (_context, hostId) => scheduler.showHost(hostId),
      },
      ...{ createSignInCode: unused, exchangeSignInCode: unused, catalog: { list: unused, import: unused } },
      limits: async (projectId, userId) => ({ [`${projectId} ${userId}`]: { limit: -1, used: 0 } }),
    }),
  ]);
});

afterEach(async () => {
  await edge.close();
  await fixture.close();
});

const get = async (path: string, token = 'reader') => (await edge.send(`/v1${path}`, { token })).json;

test('only the status is for everybody', async () => {
  expect((await edge.send('/v1/status')).json).toMatchObject({ name: 'Cumulet' });
  for (const path of [
    '/tasks',
    '/tasks/1',
    '/event-log',
    '/hosts',
    '/image-catalog',
    '/limits',
    '/servers/1/screenshot',
  ]) {
    expect([path, (await edge.send(`/v1${path}`)).status]).toEqual([path, 401]);
  }
  expect(await get('/limits', 'member')).toEqual({ limits: { 'p user-member': { limit: -1, used: 0 } } });
});

test('what is on a screen is shown to members, as Nova has it of what a console said', async () => {
  expect((await edge.send('/v1/servers/1/screenshot', { token: 'reader' })).status).toBe(403);
  expect((await edge.send('/v1/servers/1/screenshot', { token: 'member' })).status).not.toBe(403);
});

test('tasks come newest first, page by page, to their project and administrators', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const name of ['1', '2', '3']) {
    await fixture.enqueue(name);
    vi.setSystemTime(Date.now() + 1);
  }
  vi.useRealTimers();
  const seen: string[] = [];
  let query = '?limit=2';
  for (;;) {
    const page = taskListSchema.parse(await get(`/tasks${query}`));
    seen.push(page.tasks.map(({ subject }) => subject.id).join(''));
    expect(seen.length).toBeLessThanOrEqual(2);
    if (page.next === null) break;
    query = `?limit=2&marker=${page.next}`;
  }
  expect(seen.map((page) => page.length)).toEqual([2, 1]);
  expect([...seen.join('')].toSorted()).toEqual(['1', '2', '3']);
  expect(await get('/tasks', 'member@q')).toEqual({ tasks: [], next: null });
  expect(taskListSchema.parse(await get('/tasks', 'admin@q')).tasks).toHaveLength(3);
  expect(taskListSchema.parse(await get('/tasks?subjectId=2&state=active')).tasks).toHaveLength(1);
  expect(taskListSchema.parse(await get('/tasks?state=finished')).tasks).toEqual([]);
  for (const query of ['?limit=0', '?limit=x', '?state=odd', '?foo=1']) {
    expect((await edge.send(`/v1/tasks${query}`, { token: 'reader' })).status).toBe(400);
  }
});

test('a task is cancelled by members of its project; for others it is not there', async () => {
  const { id } = await fixture.enqueue();
  const cancel = (token: string) => edge.send(`/v1/tasks/${id}/cancel`, { method: 'POST', token });
  expect((await cancel('reader')).status).toBe(403);
  expect((await cancel('member@q')).status).toBe(404);
  expect((await edge.send(`/v1/tasks/${id}`, { token: 'reader@q' })).status).toBe(404);
  expect(await cancel('member')).toMatchObject({ status: 202, json: { id, abortRequested: true } });
  await fixture.tasks.start();
  expect((await fixture.end(id)).state).toBe('cancelled');
  expect(await cancel('member')).toMatchObject({ status: 409, json: { error: { code: 'conflict' } } });
});

test('the event log is paged backwards and shows a project its own', async () => {
  await fixture.database.transaction(async (trx) => {
    for (const [type, projectId] of [
      ['a', 'p'],
      ['b', 'q'],
      ['c', '*'],
      ['d', 'p'],
      ['e', null],
    ] as const) {
      // As an earlier version may have named it.
      const event = { type, resource_type: 'thing', resource_id: type, project_id: projectId, payload: '{}' };
      await trx
        .insertInto('event')
        .values({ ...event, created_at: new Date().toISOString() })
        .execute();
    }
  });
  const read = async (query: string, token?: string) => {
    const { events, next } = eventLogSchema.parse(await get(`/event-log${query}`, token));
    return { types: events.map(({ type }) => type).join(''), next };
  };
  expect(await read('')).toEqual({ types: 'dca', next: null });
  expect(await read('', 'admin')).toEqual({ types: 'edcba', next: null });
  const { types, next } = await read('?limit=2');
  expect(types).toBe('dc');
  expect(await read(`?limit=2&before=${next}`)).toEqual({ types: 'a', next: null });
  expect((await read('?resourceType=thing&resourceId=d')).types).toBe('d');
});

test('a host is measured for administrators: it takes the agent a while, and it is nobody else’s', async () => {
  const measure = async (token: string) =>
    (await edge.send('/v1/hosts/nobody/measure', { method: 'POST', token })).status;
  expect([await measure('member'), await measure('manager'), await measure('admin')]).toEqual([403, 403, 404]);
});

test('hosts are listed, an unknown one is not found', async () => {
  expect(hostListSchema.parse(await get('/hosts'))).toEqual({ hosts: [] });
  expect((await edge.send('/v1/hosts/nobody', { token: 'reader' })).status).toBe(404);
});

test('quotas of a project are seen by those who work in it and set by administrators', async () => {
  const put = (json: unknown, token = 'admin', path = '/v1/quotas/p') =>
    edge.send(path, { method: 'PUT', token, json });
  expect((await edge.send('/v1/quotas/q', { token: 'reader@p' })).status).toBe(403);
  expect((await put({ limits: { ports: 1 } }, 'manager')).status).toBe(403);
  expect((await put({ limits: { ports: 3, key_pairs: 5 } })).json).toMatchObject({
    limits: { ports: { limit: 3, used: 0, isOwn: true }, images: { limit: -1, used: 0, isOwn: false } },
  });
  expect(await get('/quotas/p', 'reader@p')).toMatchObject({ limits: { ports: { limit: 3 } } });
  expect((await put({ limits: { key_pairs: 2 } }, 'admin', '/v1/quotas/p?user_id=u')).json).toMatchObject({
    limits: { key_pairs: { limit: 2, isOwn: true }, ports: { limit: 3, isOwn: false } },
  });
  for (const limits of [{ ports: -2 }, { ports: 1.5 }, { ports: '1' }, { doors: 1 }]) {
    expect(await put({ limits })).toMatchObject({
      status: 400,
      json: { error: { field: `limits.${Object.keys(limits)[0]}` } },
    });
  }
  expect((await edge.send('/v1/quotas/p', { method: 'DELETE', token: 'admin' })).status).toBe(204);
  expect(await get('/quotas/p', 'reader@p')).toMatchObject({ limits: { ports: { limit: -1, isOwn: false } } });
});
