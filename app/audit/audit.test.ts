import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { route, type ServiceDefinition } from '../http/route.ts';
import { ADMIN, BASE_RULES, MEMBER, READER, rules } from '../policy/base.policy.ts';
import { PolicyService } from '../policy/policy.service.ts';
import { AUDIT_RULES } from './audit.policy.ts';
import { AuditRepository } from './audit.repository.ts';
import { auditRoutes } from './audit.routes.ts';
import { AuditService } from './audit.service.ts';

let folder: string;
let database: Database;
let edge: EdgeFixture;

const RULES = [
  ...AUDIT_RULES,
  ...rules(READER, ['list_things']),
  ...rules(MEMBER, ['create_thing', 'delete_thing', 'act']),
  ...rules(ADMIN, ['act_specially']),
];
const things: ServiceDefinition = {
  name: 'things',
  prefix: '/things',
  root: '/things',
  faults: 'nova',
  routes: [
    route({ method: 'GET', path: '', rule: 'list_things', answer: z.unknown(), handler: async () => ({ things: [] }) }),
    route({
      method: 'POST',
      path: '',
      rule: 'create_thing',
      status: 201,
      answer: z.unknown(),
      body: z.strictObject({ thing: z.strictObject({ name: z.string(), secret: z.string() }) }),
      handler: async ({ body }) => ({ thing: { id: 'thing-1', name: body.thing.name } }),
    }),
    route({
      method: 'POST',
      path: '/unnamed',
      rule: 'create_thing',
      status: 202,
      answer: z.unknown(),
      body: z.strictObject({ hints: z.unknown(), thing: z.strictObject({ name: z.string() }) }),
      handler: async () => ({ thing: { id: 'thing-2' } }),
    }),
    route({
      method: 'DELETE',
      path: '/:id',
      rule: 'delete_thing',
      handler: async () => {
        throw new UserError('conflict', 'The thing is in use.');
      },
    }),
    route({
      method: 'POST',
      path: '/:id/action',
      rule: 'act',
      handler: async ({ enforce }) => enforce('act_specially'),
    }),
    route({
      method: 'POST',
      path: '/sign-in',
      rule: 'sign_in',
      isPublic: true,
      handler: async ({ noteActor, raw }) => {
        noteActor({ id: null, name: String(raw.headers['x-name'] ?? 'mallory') });
        throw new UserError('unauthorized', 'No.');
      },
    }),
  ],
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-audit-'));
  database = await openMigrated(folder);
  const policy = new PolicyService([...BASE_RULES, ...RULES]);
  const audit = new AuditService({ database, repository: new AuditRepository(database), policy });
  const v1: ServiceDefinition = { name: 'v1', prefix: '/v1', root: '/v1', faults: 'v1', routes: auditRoutes(audit) };
  edge = await EdgeFixture.open([things, v1], { rules: RULES, audit });
});

afterEach(async () => {
  await edge.close();
  await database.close();
  await rm(folder, { recursive: true });
});

async function trail(token = 'admin', query = '') {
  const { json } = await edge.send(`/v1/audit${query}`, { token });
  return json as { records: Record<string, unknown>[]; next: number | null };
}

const create = (token: string, name = 'disk') =>
  edge.send('/things', { method: 'POST', token, json: { thing: { name, secret: 'hunter2' } } });

test('who changed what, when, from where, with what result; reads are not in it, nor are bodies', async () => {
  await create('member');
  await edge.send('/things', { token: 'reader' });
  await edge.send('/things/thing-1', { method: 'DELETE', token: 'member', headers: { 'user-agent': 'curl/8' } });
  const { records } = await trail();
  expect(records).toMatchObject([
    {
      action: 'delete_thing',
      status: 409,
      outcome: 'failure',
      reason: 'The thing is in use.',
      resource: { id: 'thing-1', name: null },
      userAgent: 'curl/8',
    },
    {
      service: 'things',
      action: 'create_thing',
      method: 'POST',
      path: '/things',
      user: { id: 'user-member', name: 'member' },
      projectId: 'p',
      address: '127.0.0.1',
      status: 201,
      outcome: 'success',
      reason: null,
      resource: { id: 'thing-1', name: 'disk' },
      requestId: expect.stringMatching(/^req-/),
      createdAt: expect.stringMatching(/Z$/),
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('hunter2');
});

test('what the answer does not call by its name has the one it was asked for with', async () => {
  const json = { hints: { name: 'elsewhere' }, thing: { name: 'disk' } };
  expect((await edge.send('/things/unnamed', { method: 'POST', token: 'member', json })).status).toBe(202);
  expect((await trail()).records).toMatchObject([{ resource: { id: 'thing-2', name: 'disk' } }]);
});

test('what was refused is in it too: by rule, by the body’s own rule, by a failed sign-in', async () => {
  await create('reader');
  await edge.send('/things/a/action', { method: 'POST', token: 'member' });
  await edge.send('/things/sign-in', { method: 'POST' });
  await edge.send('/things', { method: 'POST', token: 'member', json: { thing: {} } });
  await edge.send('/things', { token: 'stranger' });
  expect((await trail()).records.map(({ action, status, user }) => [action, status, user])).toEqual([
    ['list_things', 403, { id: 'user-stranger', name: 'stranger' }],
    ['create_thing', 400, { id: 'user-member', name: 'member' }],
    ['sign_in', 401, { id: null, name: 'mallory' }],
    ['act_specially', 403, { id: 'user-member', name: 'member' }],
    ['create_thing', 403, { id: 'user-reader', name: 'reader' }],
  ]);
});

test('refusals of a minute that are alike are one row with their number; changes are never left out', async () => {
  const refused = () => edge.send('/things/a/action', { method: 'POST', token: 'member' });
  await Promise.all(Array.from({ length: 30 }, refused));
  for (let n = 0; n < 3; n++) await refused();
  for (let n = 0; n < 3; n++) await create('member');
  await edge.send('/things/a/action', { method: 'POST', token: 'member@q' });
  await create('reader');
  const counts = (await trail()).records.map(({ action, status, user, projectId, count }) => [
    ...[action, status, (user as { name: string }).name, projectId, count],
  ]);
  expect(counts).toEqual([
    ['create_thing', 403, 'reader', 'p', 1],
    ['act_specially', 403, 'member', 'q', 1],
    ...Array.from({ length: 3 }, () => ['create_thing', 201, 'member', 'p', 1]),
    ['act_specially', 403, 'member', 'p', 33],
  ]);
  const csv = await edge.send('/v1/audit/export?action=act_specially&projectId=p', { token: 'admin' });
  expect(csv.text.split('\r\n')[1]).toContain(',failure,403,');
  expect(csv.text.split('\r\n')[1]).toContain(',33,');
});

test('names that somebody tries one after the other fill no more than some rows', async () => {
  for (let n = 0; n < 40; n++) await edge.send('/things/sign-in', { method: 'POST', headers: { 'x-name': `m-${n}` } });
  const counts = (await trail()).records.map(({ count }) => count as number);
  expect(counts).toHaveLength(16);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(40);
});

test('everybody sees their own, a manager the project’s, an administrator all', async () => {
  for (const token of ['member@p', 'member@q', 'manager@p', 'admin@r']) await create(token);
  const projects = async (token: string) => (await trail(token)).records.map(({ projectId }) => projectId);
  expect(await projects('admin')).toEqual(['r', 'p', 'q', 'p']);
  expect(await projects('manager@p')).toEqual(['p', 'p']);
  expect(await projects('member@p')).toEqual(['q', 'p']);
  expect(await projects('reader@p')).toEqual([]);
  expect((await edge.send('/v1/audit')).status).toBe(401);
});

test('it is filtered and paged, and a wrong filter is refused by name', async () => {
  for (let n = 0; n < 5; n++) await create('member', `disk-${n}`);
  const first = await trail('admin', '?limit=2&action=create_thing&outcome=success');
  expect(first.records.map(({ resource }) => resource)).toMatchObject([{ name: 'disk-4' }, { name: 'disk-3' }]);
  const rest = await trail('admin', `?limit=3&marker=${first.next}`);
  expect(rest.records).toHaveLength(3);
  expect(rest.next).toBeNull();
  expect((await trail('admin', '?outcome=failure')).records).toEqual([]);
  expect((await trail('admin', '?until=2020-01-01T00:00:00Z')).records).toEqual([]);
  const wrong = await edge.send('/v1/audit?since=yesterday', { token: 'admin' });
  expect([wrong.status, wrong.json]).toMatchObject([400, { error: { field: 'since' } }]);
});

test('all of it can be had as a file, safe for spreadsheets', async () => {
  await create('member', '=cmd()"x"');
  const csv = await edge.send('/v1/audit/export', { token: 'admin' });
  expect(csv.headers).toMatchObject({ 'content-disposition': 'attachment; filename="audit.csv"' });
  const [head, line, end] = csv.text.split('\r\n');
  expect(head).toMatch(/^time,user,user_id,action,/);
  expect(line).toContain(`,"'=cmd()""x""",thing-1,p,`);
  expect(end).toBe('');
  const lines = await edge.send('/v1/audit/export?format=json', { token: 'admin' });
  expect(
    lines.text
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text)),
  ).toMatchObject([{ action: 'create_thing' }]);
});

test('requests that end together are all in it', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, n) => create('member', `disk-${n}`)));
  const names = (await trail('admin', '?limit=1000')).records.map(
    ({ resource }) => (resource as { name: string }).name,
  );
  expect(new Set(names).size).toBe(50);
});
