import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHEAP_HASH } from '../../../app/identity/testing/cheap-hash.ts';
import { type Controller, serve } from '../../../app/serve.ts';
import { repository, signIn, until } from '../../cloud.ts';

const run = promisify(execFile);
const guest = join(repository, '.cache', 'guest');
const log = pino({ level: 'silent' });
const password = 'test-password';

let dataDir: string;
let guestBuilder: string;
let controller: Controller;
let token: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cumulet-first-'));
  // The one that all tests share: making it is not what is tested here.
  await run('bash', [join(repository, 'guest', 'build.sh'), guest]);
  guestBuilder = join(dataDir, 'build.sh');
  await writeFile(guestBuilder, `#!/bin/bash\nmkdir -p "$1" && cp ${guest}/cumulet-linux.{qcow2,json} "$1"\n`);
  await start();
}, 300_000);

afterAll(async () => {
  await controller?.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  controller = await serve({
    dataDir,
    guestBuilder,
    log,
    listen: '127.0.0.1:0',
    adminPassword: password,
    hashCost: CHEAP_HASH,
    checkAnswers: true,
    firstImage: 'cumulet-linux',
  });
  token = await signIn(controller.url, password);
}

async function ask(method: string, path: string) {
  const headers = { accept: 'application/json', 'x-auth-token': token };
  const response = await fetch(controller.url + path, { method, headers });
  return response.status === 204 ? null : await response.json();
}

const images = async () => (await ask('GET', '/image/v2/images')).images;
const builds = async () =>
  (await ask('GET', '/v1/tasks')).tasks.filter(({ kind }: { kind: string }) => kind === 'image.build');
const cumulet = async (...args: string[]) =>
  await run(process.execPath, [join(repository, 'bin', 'cumulet.mjs'), ...args, '--data-dir', dataDir]);

test('a new cloud makes its first image by itself, for everybody, once', async () => {
  const [image] = await until('the first image', 120, async () => {
    const found = await images();
    return found[0]?.status === 'active' ? found : undefined;
  });
  expect(image).toMatchObject({ name: 'Cumulet Linux', visibility: 'public' });
  expect((await cumulet('image', 'list')).stdout).toMatch(
    new RegExp(`^NAME .*\\ncumulet-linux +Cumulet Linux +${image.id}\\n`),
  );

  await ask('DELETE', `/image/v2/images/${image.id}`);
  await controller.close();
  await start();
  // What a start begins by itself is there when it has answered.
  expect(await images()).toEqual([]);
  expect(await builds()).toHaveLength(1);
});

test('the command imports what the catalogue has, and says what it has not', async () => {
  const { stdout } = await cumulet('image', 'import', 'cumulet-linux');
  const [image] = await images();
  expect([stdout, image.status]).toEqual([`${image.id}\n`, 'active']);
  expect((await cumulet('image', 'import', 'cumulet-linux')).stdout).toBe(stdout);
  await expect(cumulet('image', 'import', '../x')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cumulet: The image catalogue has no entry ../x.'),
  });
});
