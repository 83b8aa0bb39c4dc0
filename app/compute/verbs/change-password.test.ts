import { constants, generateKeyPairSync, privateDecrypt, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentGuest } from '../../contract/guest.ts';
import { encryptForKey } from '../ssh-key.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';

const SECRET = 'correct horse';
const named = (properties: Record<string, string>) => ({ ...IMAGE, id: randomUUID(), properties });

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);
const change = (id: string, value: unknown = { adminPass: SECRET }, options = {}) =>
  action(id, { changePassword: value }, options);

/** RFC 4253, section 6.6. */
function sshRsaKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  // A number whose first bit is set has a zero before it.
  const strings = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url')];
  strings.push(Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]));
  const blob = Buffer.concat(
    strings.map((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
  return { line: `ssh-rsa ${blob.toString('base64')} me`, privateKey };
}

/** Whether it stands anywhere in what is kept of servers, their work and their news. */
async function isKept(text: string): Promise<boolean> {
  const { query } = cloud.database;
  const kept = await Promise.all([
    query.selectFrom('compute_server').selectAll().execute(),
    query.selectFrom('compute_server_action').selectAll().execute(),
    query.selectFrom('compute_server_action_event').selectAll().execute(),
    query.selectFrom('task').selectAll().execute(),
    query.selectFrom('event').selectAll().execute(),
  ]);
  return JSON.stringify(kept).includes(text);
}

test('the guest has the new password, its history says so, and nobody keeps it', async () => {
  const id = await cloud.launchActive();
  const { status, body, headers } = await change(id);
  expect([status, body]).toEqual([202, undefined]);
  expect(cloud.agent.passwords).toEqual([{ id, user: 'root', password: SECRET }]);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  const path = `/servers/${id}/os-instance-actions/${headers['x-openstack-request-id']}`;
  const { instanceAction } = (await cloud.request('GET', path, undefined, { who: 'admin', version: '2.84' })).body;
  expect(instanceAction).toMatchObject({
    ...{ action: 'changePassword', message: null },
    events: [{ event: 'compute_set_admin_password', result: 'Success' }],
  });
  expect((await cloud.eventTypes(id)).at(-1)).toBe('compute.instance.change_password');
  expect(await isKept(SECRET)).toBe(false);
  expect((await cloud.request('GET', `/servers/${id}/os-server-password`)).body).toEqual({ password: '' });
});

test.each([
  [{ os_admin_user: 'debian', os_type: 'windows' }, 'debian'],
  [{ os_type: 'windows' }, 'Administrator'],
  [{ os_type: 'linux' }, 'root'],
])('of an image with %j it is the password of %s', async (properties, user) => {
  const image = named(properties);
  await cloud.addImage(image);
  const id = await cloud.launchActive({ imageRef: image.id });
  expect((await change(id)).status).toBe(202);
  expect(cloud.agent.passwords).toMatchObject([{ user }]);
});

test('whoever has the private half of an RSA key reads it from os-server-password', async () => {
  const { line, privateKey } = sshRsaKey();
  await cloud.request('POST', '/os-keypairs', { keypair: { name: 'mine', public_key: line } });
  const id = await cloud.launchActive({ key_name: 'mine' });
  expect((await change(id)).status).toBe(202);
  const { password } = (await cloud.request('GET', `/servers/${id}/os-server-password`)).body;
  const padding = constants.RSA_PKCS1_PADDING;
  expect(privateDecrypt({ key: privateKey, padding }, Buffer.from(password, 'base64')).toString()).toBe(SECRET);
  // Longer than the key can hold.
  expect(encryptForKey(line, 'x'.repeat(246))).toBeNull();
  expect(encryptForKey('ssh-rsa AAAA', SECRET)).toBeNull();
});

test('where the guest agent does not answer it is refused with the reason, and done another time', async () => {
  const id = await cloud.launchActive();
  cloud.agent.guest = silentGuest('not-installed');
  const { status, body, headers } = await change(id);
  expect([status, body.conflictingRequest.message]).toEqual([409, expect.stringContaining('not-installed')]);
  const path = `/servers/${id}/os-instance-actions/${headers['x-openstack-request-id']}`;
  const { instanceAction } = (await cloud.request('GET', path, undefined, { who: 'admin', version: '2.84' })).body;
  expect(instanceAction).toMatchObject({
    ...{ action: 'changePassword', message: 'Error' },
    events: [{ result: 'Error', details: expect.stringContaining('not-installed') }],
  });
  expect(await cloud.eventTypes(id)).not.toContain('compute.instance.change_password');
  cloud.agent.guest = { ...silentGuest('silent'), answers: true, silence: null };
  expect((await change(id)).status).toBe(202);
});

describe('refused', () => {
  test.each([
    ['nothing', {}],
    ['null', { adminPass: null }],
    ['a number', { adminPass: 1 }],
    ['two lines', { adminPass: 'one\ntwo' }],
    ['what no string ends with', { adminPass: 'one\0' }],
    ['a very long one', { adminPass: 'x'.repeat(256) }],
    ['another field', { adminPass: SECRET, user: 'root' }],
    ['no object', SECRET],
  ])('%s', async (_name, value) => {
    const id = await cloud.launchActive();
    const { status, body } = await change(id, value);
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('changePassword')]);
    expect(cloud.agent.passwords).toEqual([]);
  });

  test('of a server that is busy, locked, of another project, deleted, or without a host that answers', async () => {
    const id = await cloud.launchActive();
    const held = cloud.agent.hold('stop');
    await action(id, { 'os-stop': null });
    await held.arrived;
    expect((await change(id)).body.conflictingRequest.message).toContain('task_state powering-off');
    held.release();
    await cloud.idle(id);
    expect((await change(id)).body.conflictingRequest.message).toContain('vm_state stopped');
    await action(id, { 'os-start': null });
    await cloud.idle(id);
    expect((await change(id, undefined, { who: 'other' })).status).toBe(404);
    expect((await change(id, undefined, { who: 'reader' })).status).toBe(403);
    await action(id, { lock: null });
    expect((await change(id)).body.conflictingRequest.message).toContain('is locked');
    expect((await change(id, undefined, { who: 'admin' })).status).toBe(202);
    await action(id, { unlock: null });
    cloud.bus.disconnect(cloud.agent);
    expect((await change(id)).status).toBe(503);
    await cloud.bus.connect(cloud.agent);
    await cloud.request('DELETE', `/servers/${id}`);
    await cloud.idle(id);
    expect((await change(id)).status).toBe(404);
    expect(cloud.agent.passwords).toHaveLength(1);
    expect(await isKept(SECRET)).toBe(false);
  });
});

test('twice at once: both are done, one after the other', async () => {
  const id = await cloud.launchActive();
  const answers = await Promise.all(['one', 'two'].map((adminPass) => change(id, { adminPass })));
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  expect(cloud.agent.passwords).toHaveLength(2);
});

test('what the guest tells of itself is told to whoever may see the server', async () => {
  const id = await cloud.launchActive();
  const guest = (who = 'reader') => cloud.request('GET', `/v1/servers/${id}/guest`, undefined, { who });
  expect((await guest()).body).toEqual(cloud.agent.guest);
  expect((await guest('other')).status).toBe(404);
  cloud.bus.disconnect(cloud.agent);
  expect((await guest()).body).toEqual(silentGuest('no-host'));
  await cloud.bus.connect(cloud.agent);
  await action(id, { 'os-stop': null });
  await cloud.idle(id);
  expect((await guest()).body).toEqual(silentGuest('off'));
});
