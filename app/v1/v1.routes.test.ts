import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { computeModule } from '../compute/compute.module.ts';
import { COMPUTE_QUOTAS } from '../compute/compute.quotas.ts';
import { machineRoutes } from '../compute/machine.routes.ts';
import { UserError } from '../contract/errors.ts';
import { eventLogSchema, hostListSchema, taskListSchema } from '../contract/v1.ts';
import { eventModule } from '../events/event.module.ts';
import { eventLogRoutes } from '../events/event-log.routes.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { imageModule } from '../image/image.module.ts';
import { IMAGE_QUOTAS } from '../image/image.quotas.ts';
import { imageCatalogRoutes } from '../image/image-catalog.routes.ts';
import { NETWORK_QUOTAS } from '../network/network.quotas.ts';
import { QUOTA_RULES } from '../quota/quota.policy.ts';
import { quotaRoutes } from '../quota/quota.routes.ts';
import { QuotaService } from '../quota/quota.service.ts';
import { hostRoutes } from '../scheduler/host.routes.ts';
import { schedulerModule } from '../scheduler/scheduler.module.ts';
import { SchedulerRepository } from '../scheduler/scheduler.repository.ts';
import { SchedulerService } from '../scheduler/scheduler.service.ts';
import { TaskFixture } from '../tasks/task.fixture.ts';
import { taskModule } from '../tasks/task.module.ts';
import { taskRoutes } from '../tasks/task.routes.ts';
import { statusRoutes, v1Definition } from './v1.routes.ts';

let fixture: TaskFixture;
let edge: EdgeFixture;

const QUOTAS = { ...COMPUTE_QUOTAS, ...IMAGE_QUOTAS, ...NETWORK_QUOTAS };
/** Not part of this test. */
const unused: never = undefined as never;
const refuse = async (): Promise<never> => {
  throw new UserError('not_found', 'Not part of this test.');
};

beforeEach(async () => {
  fixture = await TaskFixture.open();
  fixture.define([fixture.note('only')]);
  const { database, events, tasks } = fixture;
  const repository = new SchedulerRepository(database);
  const scheduler = new SchedulerService({ database, repository, events, log: pino({ level: 'silent' }) });
  const status = { name: 'Cumulet' as const, version: '0', controllerId: 'c', platform: 'linux', startedAt: '' };
  const quota = new QuotaService({ database, events, defaults: QUOTAS });
  quota.register(['key_pairs'], async (_query, { projectId, userId }) => ({
    key_pairs: projectId === 'p' && userId === 'user-member' ? 7 : 0,
  }));
  const routes = [
    ...statusRoutes(status),
    ...taskRoutes(tasks),
    ...eventLogRoutes(events),
    ...hostRoutes({ scheduler, bus: unused, compute: unused }),
    ...imageCatalogRoutes(unused),
    ...machineRoutes({
      compute: { server: { get: refuse } as never, verbs: unused, statistics: unused, orders: unused },
      images: unused,
    }),
    ...quotaRoutes(quota, QUOTAS),
  ];
  const modules = [taskModule, eventModule, schedulerModule, imageModule, computeModule];
  const rules = [...modules.flatMap((module) => module.rules ?? []), ...QUOTA_RULES];
  edge = await EdgeFixture.open([v1Definition(routes)], { rules });
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
  expect(await get('/limits', 'member')).toMatchObject({ limits: { key_pairs: { limit: 100, used: 7 } } });
});

test('what is on a screen is shown to members, as Nova has it of what a console said', async () => {
  expect((await edge.send('/v1/servers/1/screenshot', { token: 'reader' })).status).toBe(403);
  expect((await edge.send('/v1/servers/1/screenshot', { token: 'member' })).status).toBe(404);
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
