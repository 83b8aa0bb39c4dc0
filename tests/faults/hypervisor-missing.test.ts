import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { NOTHING_LEFT } from './leftovers.ts';

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
  expect(server.fault.message).toMatch(/QEMU/);
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.leftovers()).toEqual(NOTHING_LEFT);
});

test('images, flavors and keys work without it', async () => {
  const images = await cloud.request('GET', '/image/v2/images');
  expect(images.body.images).toHaveLength(1);
  const flavors = await cloud.request('GET', '/compute/v2.1/flavors');
  expect(flavors.body.flavors.length).toBeGreaterThan(0);
  const key = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: { name: 'made-without-qemu' } });
  expect(key.body.keypair.public_key).toMatch(/^ssh-/);
});

test('once it is there, the next start of the agent finds it', async () => {
  await cloud.agent?.kill();
  await cloud.startAgent();
  const facts = await until('the host to know QEMU', 30, async () => {
    const { body } = await cloud.request('GET', '/v1/hosts');
    return body.hosts[0].facts.hypervisorVersion === null ? undefined : body.hosts[0].facts;
  });
  expect(facts.preflight.find(({ id }: { id: string }) => id === 'hypervisor').state).toBe('ok');
});
