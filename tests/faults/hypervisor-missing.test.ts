import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FaultCloud } from './fault-cloud.ts';

let cloud: FaultCloud;
/** A PATH with a package manager on it and nothing else. */
let emptyPath: string;

beforeAll(async () => {
  emptyPath = await mkdtemp(join(tmpdir(), 'cumulet-path-'));
  await symlink('/usr/bin/apt-get', join(emptyPath, 'apt-get'));
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent({ env: { PATH: emptyPath } });
});

afterAll(async () => {
  await cloud?.destroy();
  await rm(emptyPath, { recursive: true, force: true });
});

test('the host says that QEMU is missing and which command installs it', async () => {
  const { body } = await cloud.request('GET', '/v1/hosts');
  expect(body.hosts).toHaveLength(1);
  const { facts } = body.hosts[0];
  expect(facts.hypervisorVersion).toBeNull();
  const check = facts.preflight.find(({ id }: { id: string }) => id === 'hypervisor');
  expect(check).toMatchObject({ state: 'failed', fixCommand: expect.stringContaining('apt-get install') });
  expect(check.hint).toMatch(/QEMU/);
});

test('a launch ends in ERROR with what to do; nothing is left after deleting it', async () => {
  const image = await cloud.uploadGuest();
  const id = await cloud.launch(image);
  const server = await cloud.serverIn(id, 'ERROR');
  expect(server.fault.message).toMatch(/QEMU .* is not installed/);
  expect(server.fault.message).toMatch(/apt-get install/);
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
});

test('images, flavors and keys work without it', async () => {
  const images = await cloud.request('GET', '/image/v2/images');
  expect(images.body.images).toHaveLength(1);
  const flavors = await cloud.request('GET', '/compute/v2.1/flavors');
  expect(flavors.body.flavors.length).toBeGreaterThan(0);
  const key = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'made-without-qemu' } });
  expect(key.body.keypair.public_key).toMatch(/^ssh-/);
});

test('once it is installed, checking the host again is enough', async () => {
  for (const tool of ['qemu-system-x86_64', 'qemu-img']) await symlink(`/usr/bin/${tool}`, join(emptyPath, tool));
  const [host] = (await cloud.request('GET', '/v1/hosts')).body.hosts;
  const measured = await cloud.request('POST', `/v1/hosts/${host.id}/measure`);
  expect(measured.status).toBe(200);
  expect(measured.body.facts.preflight[0]).toMatchObject({ id: 'hypervisor', state: 'ok' });

  const { body } = await cloud.request('GET', '/image/v2/images');
  const id = await cloud.launch(body.images[0].id);
  await cloud.serverIn(id, 'ACTIVE');
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
});
