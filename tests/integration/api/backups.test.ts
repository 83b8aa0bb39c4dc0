import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBackup } from '../../../app/backup/backup-reader.ts';
import { ALL_MIGRATIONS } from '../../../app/database/testing/all-migrations.ts';
import { startCloud, type TestCloud, until } from '../../cloud.ts';

const PASSPHRASE = 'a passphrase of the test';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
});

afterAll(async () => await cloud.close());

async function taskIn(id: string, ...states: string[]) {
  return await until(`the task to be ${states}`, 60, async () => {
    const { body } = await cloud.request('GET', `/v1/tasks/${id}`);
    if (body.state === 'failed' && !states.includes('failed')) throw new Error(JSON.stringify(body.error));
    return states.includes(body.state) ? body : undefined;
  });
}

async function upload(bytes: Buffer): Promise<void> {
  const { body } = await cloud.request('POST', '/image/v2/images', {
    ...{ name: 'bytes', disk_format: 'raw', container_format: 'bare' },
  });
  const response = await fetch(`${cloud.url}/image/v2/images/${body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  expect(response.status).toBe(204);
}

async function download(id: string, token = cloud.token): Promise<Response> {
  return await fetch(`${cloud.url}/v1/backups/${id}/file`, { headers: { 'x-auth-token': token } });
}

test('an administrator makes a backup, fetches it whole, and removes it', async () => {
  expect((await cloud.request('GET', '/v1/backups')).body).toMatchObject({ last: null, backups: [] });
  await upload(randomBytes(3_000_000));
  const { status, body: task } = await cloud.request('POST', '/v1/backups', { passphrase: PASSPHRASE });
  expect(status).toBe(202);
  expect(task).toMatchObject({ kind: 'backup.make', cancellable: true });
  await taskIn(task.id, 'succeeded');

  const { body } = await cloud.request('GET', '/v1/backups');
  expect(body.backups).toMatchObject([{ isEncrypted: true, id: task.subject.name }]);
  expect(body.last).toMatchObject({ isEncrypted: true, size: body.backups[0].size, machines: 0, notIncluded: [] });
  const [{ id, size }] = body.backups;
  const answer = await download(id);
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${id}"`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes).toHaveLength(size);
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-'));
  await writeFile(join(folder, id), bytes);
  const manifest = await readBackup(join(folder, id), {
    migrations: ALL_MIGRATIONS,
    passphrase: async () => PASSPHRASE,
  });
  expect(manifest.parts.some((part) => part.name.startsWith('images/') && part.size === 3_000_000)).toBe(true);
  await rm(folder, { recursive: true });

  for (const other of ['..%2Fcumulet.db', 'last.json', 'cumulet.db', `${id}x`]) {
    expect([other, (await download(other)).status]).toEqual([other, 404]);
  }
  expect((await cloud.request('DELETE', `/v1/backups/${id}`)).status).toBe(204);
  expect((await download(id)).status).toBe(404);
  const { body: after } = await cloud.request('GET', '/v1/backups');
  expect(after).toMatchObject({ backups: [], last: { file: join(cloud.dataDir, 'backups', id) } });
});

test('one that is cancelled leaves nothing', async () => {
  await upload(randomBytes(30_000_000));
  const { body: task } = await cloud.request('POST', '/v1/backups', { passphrase: PASSPHRASE });
  expect((await cloud.request('POST', `/v1/tasks/${task.id}/cancel`)).status).toBe(202);
  await taskIn(task.id, 'cancelled');
  const left = (await readdir(join(cloud.dataDir, 'backups'))).filter((name) => name !== 'last.json');
  expect(left).toEqual([]);
});

test('one that the controller stopped in goes on when it is there again', async () => {
  const { body: task } = await cloud.request('POST', '/v1/backups', {});
  // Wherever it is by now.
  const { dataDir, controller } = cloud;
  await controller.close();
  cloud = await startCloud({ hypervisor: 'none', dataDir });
  await taskIn(task.id, 'succeeded');
  const path = join(dataDir, 'backups', task.subject.name);
  await readBackup(path, { migrations: ALL_MIGRATIONS, passphrase: async () => '' });
});

test('nobody else makes, sees or fetches one, and no delegation of an administrator does', async () => {
  const { body } = await cloud.request('GET', '/v1/backups');
  const id = body.backups[0].id;
  const { body: made } = await cloud.request('POST', '/identity/v3/users', {
    user: { name: 'member', password: PASSPHRASE },
  });
  const { body: roles } = await cloud.request('GET', '/identity/v3/roles?name=member');
  const { body: projects } = await cloud.request('GET', '/identity/v3/projects?name=admin');
  const grant = `/identity/v3/projects/${projects.projects[0].id}/users/${made.user.id}/roles/${roles.roles[0].id}`;
  expect((await cloud.request('PUT', grant)).status).toBe(204);
  const member = await tokenOf({
    ...{ methods: ['password'], password: { user: { id: made.user.id, password: PASSPHRASE } } },
  });
  const me = (await cloud.request('GET', '/identity/v3/auth/tokens', undefined, { 'x-subject-token': cloud.token }))
    .body;
  const { body: key } = await cloud.request('POST', `/identity/v3/users/${me.token.user.id}/application_credentials`, {
    application_credential: { name: 'handed on', unrestricted: true },
  });
  const { id: keyId, secret } = key.application_credential;
  const handedOn = await tokenOf({
    ...{ methods: ['application_credential'], application_credential: { id: keyId, secret } },
  });
  for (const token of [member, handedOn]) {
    const headers = { 'x-auth-token': token };
    expect((await cloud.request('POST', '/v1/backups', {}, headers)).status).toBe(403);
    expect((await cloud.request('DELETE', `/v1/backups/${id}`, undefined, headers)).status).toBe(403);
    expect((await download(id, token)).status).toBe(403);
  }
  expect((await cloud.request('GET', '/v1/backups', undefined, { 'x-auth-token': member })).status).toBe(403);
});

async function tokenOf(identity: object): Promise<string> {
  const isKey = 'application_credential' in identity;
  const scope = { project: { name: 'admin', domain: { id: 'default' } } };
  const response = await fetch(`${cloud.url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity, ...(isKey ? {} : { scope }) } }),
  });
  expect(response.status).toBe(201);
  return response.headers.get('x-subject-token') ?? '';
}
