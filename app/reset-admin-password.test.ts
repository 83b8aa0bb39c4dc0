import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHEAP_HASH } from './identity/testing/cheap-hash.ts';
import { resetAdminPassword } from './reset-admin-password.ts';
import { type Controller, serve } from './serve.ts';

const log = pino({ level: 'silent' });
let dataDir: string;
let controller: Controller | undefined;
const passwordFile = () => join(dataDir, 'secrets', 'admin-password');

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cumulet-password-'));
});
afterEach(async () => {
  await stop();
  await rm(dataDir, { recursive: true });
});

async function start(adminPassword?: string): Promise<Controller> {
  const given = adminPassword === undefined ? {} : { adminPassword };
  controller = await serve({ dataDir, listen: '127.0.0.1:0', hashCost: CHEAP_HASH, log, ...given });
  return controller;
}
async function stop(): Promise<void> {
  await controller?.close();
  controller = undefined;
}
async function signIn(password: string) {
  const domain = { id: 'default' };
  const identity = { methods: ['password'], password: { user: { name: 'admin', domain, password } } };
  const auth = { identity, scope: { project: { name: 'admin', domain } } };
  const response = await fetch(`${controller?.url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  return { status: response.status, token: response.headers.get('x-subject-token') ?? '' };
}
const get = async (path: string, token: string) =>
  await fetch(`${controller?.url}${path}`, { headers: { 'x-auth-token': token } });

test.for(['lost', 'empty', 'of another password'])(
  'a file that is %s locks nobody out, and the start says so',
  async (how) => {
    expect((await start()).warnings).toEqual([]);
    const password = (await readFile(passwordFile(), 'utf8')).trim();
    await stop();
    if (how === 'lost') await rm(passwordFile());
    else await writeFile(passwordFile(), how === 'empty' ? '\n' : 'something else\n');
    const before = how === 'lost' ? null : await readFile(passwordFile(), 'utf8');
    const { warnings } = await start();
    expect(warnings).toEqual([expect.stringContaining('run "cumulet reset-admin-password"')]);
    expect(warnings[0]).toContain(passwordFile());
    expect(await readFile(passwordFile(), 'utf8').catch(() => null)).toBe(before);
    expect((await signIn(password)).status).toBe(201);
    await stop();
    // A given one is the other way back, and the file has it.
    expect((await start('given to this start')).warnings).toEqual([]);
    expect((await readFile(passwordFile(), 'utf8')).trim()).toBe('given to this start');
    expect([(await signIn(password)).status, (await signIn('given to this start')).status]).toEqual([401, 201]);
  },
);

test('whoever owns the folder gives another password; sessions end, and it is in the audit trail', async () => {
  await start('forgotten by all');
  const { token } = await signIn('forgotten by all');
  await expect(resetAdminPassword({ dataDir, log })).rejects.toThrow('is in use by another controller');
  await stop();
  const { path } = await resetAdminPassword({ dataDir, log });
  expect(path).toBe(passwordFile());
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const password = (await readFile(path, 'utf8')).trim();
  expect((await start()).warnings).toEqual([]);
  expect((await get('/v1/audit', token)).status).toBe(401);
  expect((await signIn('forgotten by all')).status).toBe(401);
  const again = await signIn(password);
  expect(again.status).toBe(201);
  const { records } = await (await get('/v1/audit?action=identity:update_user', again.token)).json();
  expect(records).toMatchObject([
    { path: 'cumulet reset-admin-password', address: 'this computer', outcome: 'success', resource: { name: 'admin' } },
  ]);
});

test('a folder without a cloud gets none', async () => {
  await expect(resetAdminPassword({ dataDir, log })).rejects.toThrow('There is no cloud in');
});
