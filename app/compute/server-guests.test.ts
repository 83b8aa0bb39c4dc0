import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GuestQuestion } from '../contract/controller.methods.ts';
import { IMAGE, TestCloud } from './testing/test-cloud.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const MANDATORY = { ...IMAGE, id: randomUUID(), properties: { img_config_drive: 'mandatory' } };

/** What a guest of that machine is answered; the host asks. */
async function ask(id: string, path: string, options: Partial<GuestQuestion> = {}) {
  const question = { host: 'host-1', id, method: 'GET', path, body: '', ...options };
  const { status, body } = await cloud.metadata.answer(question);
  return { status, text: Buffer.from(body, 'base64').toString() };
}

async function metaData(id: string) {
  return JSON.parse((await ask(id, '/openstack/latest/meta_data.json')).text);
}

/** Starts the cloud again, as an operator who has changed `config.toml`. */
async function restart(settings: Partial<TestCloud['settings']>): Promise<void> {
  await cloud.shut();
  cloud.settings = { ...cloud.settings, ...settings };
  await cloud.open();
}

function driveOf(id: string) {
  return cloud.agent.machines.get(id)?.spec.configDrive;
}

test('a guest is told the same by the service as by its drive, but for the password', async () => {
  const id = await cloud.launchActive({ name: 'Web Server', metadata: { a: 'b' }, adminPass: 'secret' });
  const drive = JSON.parse(Buffer.from(driveOf(id)?.['openstack/latest/meta_data.json'] ?? '', 'base64').toString());
  const { admin_pass, random_seed, ...rest } = drive;
  expect(admin_pass).toBe('secret');
  expect(await metaData(id)).toEqual({ ...rest, random_seed: expect.not.stringContaining(random_seed) });
  const network = driveOf(id)?.['openstack/latest/network_data.json'] ?? '';
  expect((await ask(id, '/openstack/latest/network_data.json')).text).toBe(Buffer.from(network, 'base64').toString());
});

test('the password of a launch is not told before it is on the drive either', async () => {
  const spawn = cloud.agent.hold('spawn');
  const id = await cloud.launch({ adminPass: 'secret' });
  await spawn.arrived;
  expect(JSON.stringify(await metaData(id))).not.toContain('secret');
  spawn.release();
  await cloud.idle(id);
});

test('what is changed is told at once', async () => {
  const id = await cloud.launchActive({ name: 'before', metadata: { a: 'b' } });
  await cloud.request('POST', `/servers/${id}/metadata`, { metadata: { more: 'yes' } });
  await cloud.request('PUT', `/servers/${id}`, { server: { name: 'after' } });
  expect(await metaData(id)).toMatchObject({ name: 'after', hostname: 'before', meta: { a: 'b', more: 'yes' } });
});

test("a host hears nothing of another host's machines, nor of those that are gone", async () => {
  const id = await cloud.launchActive({ metadata: { secret: 'yes' } });
  const elsewhere = await ask(id, '/openstack/latest/meta_data.json', { host: 'host-2' });
  expect(elsewhere).toEqual({ status: 404, text: 'The resource could not be found.' });
  expect((await ask(randomUUID(), '/')).status).toBe(404);
  const password = { host: 'host-2', method: 'POST', body: Buffer.from('x').toString('base64') };
  expect((await ask(id, '/openstack/latest/password', password)).status).toBe(404);
  await cloud.request('DELETE', `/servers/${id}`);
  await cloud.idle(id);
  expect((await ask(id, '/openstack/latest/meta_data.json')).status).toBe(404);
});

test('a guest leaves a password for its owner once, who reads and clears it', async () => {
  const id = await cloud.launchActive();
  const path = '/openstack/latest/password';
  const leave = (text: string | Buffer, method = 'POST') =>
    ask(id, path, { method, body: Buffer.from(text).toString('base64') });
  const shown = async (who = 'member') =>
    (await cloud.request('GET', `/servers/${id}/os-server-password`, undefined, { who })).body;
  expect(await ask(id, path)).toEqual({ status: 200, text: '' });
  expect(await shown()).toEqual({ password: '' });
  expect(await leave('x'.repeat(1021))).toEqual({ status: 400, text: 'Request is too large.' });
  expect(await leave('a\0b')).toMatchObject({ status: 400 });
  expect(await leave(Buffer.from([0xff, 0xfe]))).toMatchObject({ status: 400 });
  expect(await leave('', 'PUT')).toMatchObject({ status: 400 });
  expect(await leave('c2VjcmV0'.repeat(43))).toEqual({ status: 200, text: '' });
  expect(await leave('another')).toMatchObject({ status: 409 });
  expect(await shown()).toEqual({ password: 'c2VjcmV0'.repeat(43) });
  expect((await ask(id, path)).text).toBe('c2VjcmV0'.repeat(43));
  expect((await cloud.request('GET', `/servers/${id}/os-server-password`, undefined, { who: 'other' })).status).toBe(
    404,
  );
  await cloud.request('DELETE', `/servers/${id}/os-server-password`);
  expect(await shown()).toEqual({ password: '' });
  expect(await leave('another')).toMatchObject({ status: 200 });
});

test('two passwords at once: one of them is kept', async () => {
  const id = await cloud.launchActive();
  const leave = (text: string) =>
    ask(id, '/openstack/latest/password', { method: 'POST', body: Buffer.from(text).toString('base64') });
  const statuses = (await Promise.all(['one', 'two'].map(leave))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 409]);
});

test('things have one number for EC2, which no other gets', async () => {
  const instance = async (id: string) => (await ask(id, '/latest/meta-data/instance-id')).text;
  const first = await cloud.launchActive();
  const number = await instance(first);
  expect(number).toMatch(/^i-[0-9a-f]{8}$/);
  const image = (await ask(first, '/latest/meta-data/ami-id')).text;
  await cloud.request('DELETE', `/servers/${first}`);
  await cloud.idle(first);
  await restart({});
  const second = await cloud.launchActive();
  expect(await instance(second)).not.toBe(number);
  expect(await instance(second)).toBe(await instance(second));
  expect((await ask(second, '/latest/meta-data/ami-id')).text).toBe(image);
});

test('of one launch each is told which it is', async () => {
  const server = { name: 'many', imageRef: IMAGE.id, flavorRef: '42', min_count: 3, return_reservation_id: true };
  const { body } = await cloud.request('POST', '/servers', { server });
  const list = await cloud.request('GET', `/servers/detail?reservation_id=${body.reservation_id}`, undefined, {
    who: 'admin',
    version: '2.96',
  });
  expect(list.body.servers).toHaveLength(3);
  for (const { id, ...shown } of list.body.servers) {
    await cloud.idle(id);
    const number = shown['OS-EXT-SRV-ATTR:launch_index'];
    expect(shown.name).toBe(`many-${number + 1}`);
    expect(shown['OS-EXT-SRV-ATTR:reservation_id']).toBe(body.reservation_id);
    expect((await metaData(id)).launch_index).toBe(number);
    expect((await ask(id, '/latest/meta-data/ami-launch-index')).text).toBe(String(number));
    expect((await ask(id, '/latest/meta-data/reservation-id')).text).toBe(body.reservation_id);
  }
});

test('every machine has a config drive, as long as the operator wants so', async () => {
  const forced = await cloud.launchActive({ config_drive: false });
  expect(driveOf(forced)).toHaveProperty(['openstack/latest/meta_data.json']);
  expect((await cloud.show(forced)).config_drive).toBe('True');
  await restart({ force_config_drive: false });
  await cloud.addImage(MANDATORY);
  const without = await cloud.launchActive();
  expect(driveOf(without)).toBeNull();
  expect((await cloud.show(without)).config_drive).toBe('');
  expect(await metaData(without)).toMatchObject({ uuid: without });
  for (const fields of [{ config_drive: true }, { config_drive: 'yes' }, { imageRef: MANDATORY.id }]) {
    const id = await cloud.launchActive(fields);
    expect(driveOf(id)).toHaveProperty(['openstack/latest/meta_data.json']);
    expect((await cloud.show(id)).config_drive).toBe('True');
  }
});

test('without a drive a machine goes to no host that has no service', async () => {
  await restart({ force_config_drive: false });
  const facts = cloud.agent.facts();
  cloud.agent.facts = () => ({
    ...facts,
    capabilities: facts.capabilities.filter((each) => each !== 'metadata:service'),
  });
  await cloud.shut();
  await cloud.open();
  const id = await cloud.launchActive();
  const { fault } = await cloud.show(id);
  expect(fault.message).toMatch(/metadata:service.*Launch it with a config drive/);
  expect((await cloud.show(await cloud.launchActive({ config_drive: true }))).status).toBe('ACTIVE');
});
