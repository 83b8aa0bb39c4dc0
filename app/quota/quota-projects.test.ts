import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHEAP_HASH } from '../identity/testing/cheap-hash.ts';
import { type Controller, serve } from '../serve.ts';

/** The whole controller: quota knows the projects of identity. */
let dataDir: string;
let controller: Controller;
let token: string;
let project: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cumulet-quota-'));
  const log = pino({ level: 'silent' });
  controller = await serve({ dataDir, listen: '127.0.0.1:0', adminPassword: 'secret', hashCost: CHEAP_HASH, log });
  const domain = { id: 'default' };
  const identity = { methods: ['password'], password: { user: { name: 'admin', domain, password: 'secret' } } };
  const auth = { identity, scope: { project: { name: 'admin', domain } } };
  const response = await send('POST', '/identity/v3/auth/tokens', { auth });
  token = response.headers.get('x-subject-token') ?? '';
  project = (await response.json()).token.project.id;
});
afterAll(async () => {
  await controller?.close();
  await rm(dataDir, { recursive: true });
});

async function send(method: string, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(token && { 'x-auth-token': token }) };
  return await fetch(controller.url + path, { method, headers, body: JSON.stringify(body) });
}

test('limits are set for projects there are, and in /v1 for all; in the words of each API', async () => {
  const set = async (id: string, query = '') => {
    const answers = [
      await send('PUT', `/compute/v2.1/os-quota-sets/${id}${query}`, { quota_set: { cores: 7 } }),
      await send('PUT', `/v1/quotas/${id}${query}`, { limits: { cores: 7 } }),
    ];
    const words = await Promise.all(answers.map(async (each) => JSON.stringify(await each.json())));
    return answers.map(({ status }, index) => [status, words[index]?.includes(`Project ID ${id} is not a valid`)]);
  };
  for (const query of ['', '?user_id=somebody']) {
    for (const id of ['nobody', 'default' + 's', '0'.repeat(32)]) {
      expect(await set(id, query)).toEqual([
        [400, true],
        [404, true],
      ]);
    }
  }
  expect(await set(project)).toEqual([
    [200, false],
    [200, false],
  ]);
  // In Nova's paths it is a project's id like any other, which sets nobody else's: classes are for that.
  expect((await set('default')).map(([status]) => status)).toEqual([400, 200]);
});
