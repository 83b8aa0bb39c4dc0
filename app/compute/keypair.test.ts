import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CumuletError } from '../contract/errors.ts';
import { generateSshKeypair, parsePublicKey } from './ssh-key.ts';
import { TestCloud } from './testing/test-cloud.ts';

/** OpenSSH itself is the judge of our keys. */
const OPENSSH = 'ssh-keygen';
const sshKeygen = (args: string[]) => execFileSync(OPENSSH, args, { encoding: 'utf8' });

let cloud: TestCloud;
let folder: string;
beforeAll(async () => {
  cloud = await TestCloud.start();
  folder = mkdtempSync(join(tmpdir(), 'cumulet-keys-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cloud.stop();
});

test.each([
  ['ed25519', []],
  ['rsa', ['-b', '2048']],
  ['ecdsa', ['-b', '384']],
])('fingerprints of %s keys are those of ssh-keygen', (type, options) => {
  const file = join(folder, type);
  sshKeygen(['-q', '-t', type, ...options, '-N', '', '-C', 'me', '-f', file]);
  const shown = sshKeygen(['-l', '-E', 'md5', '-f', `${file}.pub`]);
  expect(shown).toContain(`MD5:${parsePublicKey(readFileSync(`${file}.pub`, 'utf8')).fingerprint} `);
});

test('a made key is one that OpenSSH reads', () => {
  const { publicKey, privateKey, fingerprint } = generateSshKeypair('a comment');
  const file = join(folder, 'made');
  writeFileSync(file, privateKey, { mode: 0o600 });
  const derived = sshKeygen(['-y', '-f', file]);
  expect(derived.trim()).toBe(publicKey);
  expect(parsePublicKey(publicKey).fingerprint).toBe(fingerprint);
});

test('whatever is no key is refused and nothing else happens', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `ssh-rsa ${Buffer.from(text).toString('base64')} x`),
      ),
      (text) => {
        expect(() => parsePublicKey(text)).toThrow(CumuletError);
      },
    ),
  );
  const good = generateSshKeypair('x').publicKey;
  expect(() => parsePublicKey(`${good}\nssh-rsa AAAA second line`)).toThrow(CumuletError);
  expect(() => parsePublicKey(good.replace('ssh-ed25519 ', 'ssh-rsa '))).toThrow(CumuletError);
});

/** Of `openssl req -x509`, with the fingerprint that `openssl x509 -fingerprint -sha1` shows. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfDCCASGgAwIBAgIUCpifMA15TJlrt2WDP34Rc4D+lRswCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHc29tZW9uZTAgFw0yNjExMjkxNjIzNTJaGA8yMTI2MTEwNTE2
MjM1MlowEjEQMA4GA1UEAwwHc29tZW9uZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABLvIQXM2QAXp5XbmUiAq9p27P+gawk7Hgb31gdqm8fWi2vysMDYwzSUJKL84
s9FgDV88BjGnIi2NEPgP0PjH8lCjUzBRMB0GA1UdDgQWBBQvM8Z/bAeJs6icF9gs
kIy9GNY3hDAfBgNVHSMEGDAWgBQvM8Z/bAeJs6icF9gskIy9GNY3hDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCS4sUUamcaeiEuVNBYQ7xMmF/7
+i1A7pjUxXeu9k8p4wIhAOOJzFiR5bnN3gLeyxPxIXJKXV2IM6weDA/g2emVDS9b
-----END CERTIFICATE-----
`;
const CERTIFICATE_SHA1 = 'fb:58:81:ca:21:60:c1:07:24:29:ca:7d:8b:d7:88:3d:53:c4:20:79';

test('the API, microversion by microversion', async () => {
  const publicKey = generateSshKeypair('me').publicKey;
  const create = (keypair: object, version?: string) =>
    cloud.request('POST', '/os-keypairs', { keypair }, { ...(version && { version }) });
  const old = await create({ name: 'old', public_key: publicKey });
  expect([old.status, Object.keys(old.body.keypair).sort()]).toEqual([
    200,
    ['fingerprint', 'name', 'public_key', 'user_id'],
  ]);
  const made = await create({ name: 'made', type: 'ssh' }, '2.2');
  expect([made.status, made.body.keypair.type, made.body.keypair.private_key]).toEqual([
    201,
    'ssh',
    expect.stringContaining('BEGIN OPENSSH PRIVATE KEY'),
  ]);
  expect((await create({ name: 'made' })).body.conflictingRequest.message).toBe("Key pair 'made' already exists.");
  expect((await create({ name: 'x', type: 'x509' })).body.badRequest.message).toContain('keypair.type');
  expect((await create({ name: 'x', type: 'x509' }, '2.2')).body.badRequest.message).toContain('can only be imported');
  expect((await create({ name: 'a@b.c', public_key: publicKey }, '2.91')).status).toBe(400);
  expect((await create({ name: 'a@b.c', public_key: publicKey }, '2.92')).status).toBe(201);
  expect((await create({ name: 'no-key' }, '2.92')).status).toBe(400);
  expect((await create({ name: '../x', public_key: publicKey })).status).toBe(400);
  expect((await create({ name: 'bad', public_key: 'ssh-rsa AAAA' })).body.badRequest.message).toContain(
    'failed to generate fingerprint',
  );

  const names = async (query = '', options = {}) =>
    (await cloud.request('GET', `/os-keypairs${query}`, undefined, options)).body.keypairs.map(
      ({ keypair }: { keypair: { name: string } }) => keypair.name,
    );
  expect(await names()).toEqual(['a@b.c', 'made', 'old']);
  expect(await names('?limit=1&marker=a@b.c', { version: '2.35' })).toEqual(['made']);
  expect(await names('', { who: 'other' })).toEqual([]);
  expect(await names('?user_id=user-member', { who: 'admin', version: '2.10' })).toHaveLength(3);
  expect((await cloud.request('GET', '/os-keypairs?user_id=user-admin', undefined, { version: '2.10' })).status).toBe(
    403,
  );

  const shown = (await cloud.request('GET', '/os-keypairs/a@b.c', undefined, { version: '2.92' })).body.keypair;
  expect(shown).toMatchObject({ name: 'a@b.c', type: 'ssh', user_id: 'user-member', deleted: false });
  expect((await cloud.request('DELETE', '/os-keypairs/old')).status).toBe(202);
  expect((await cloud.request('DELETE', '/os-keypairs/made', undefined, { version: '2.2' })).status).toBe(204);
  expect((await cloud.request('GET', '/os-keypairs/made')).status).toBe(404);
});

test('a certificate is imported as Nova shows it, and nothing beside it is kept', async () => {
  const create = (public_key: string) =>
    cloud.request(
      'POST',
      '/os-keypairs',
      { keypair: { name: 'windows', type: 'x509', public_key } },
      { version: '2.92' },
    );
  const secret = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n';
  const made = await create(`subject=/CN=someone\r\n${CERTIFICATE.replaceAll('\n', '\r\n')}${secret}`);
  expect([made.status, made.body.keypair]).toEqual([
    201,
    {
      name: 'windows',
      type: 'x509',
      user_id: 'user-member',
      public_key: CERTIFICATE,
      fingerprint: CERTIFICATE_SHA1,
    },
  ]);
  const spoilt = CERTIFICATE.replace('MII', 'MIJ');
  for (const wrong of ['ssh-ed25519 AAAA', secret, spoilt, CERTIFICATE + CERTIFICATE, CERTIFICATE.slice(0, 100)]) {
    const { status, body } = await create(wrong);
    expect([status, body.badRequest.message]).toEqual([400, expect.stringContaining('X509 fingerprint')]);
  }
  await cloud.request('DELETE', '/os-keypairs/windows');
});

test('a machine takes the key along, also when it is deleted afterwards', async () => {
  const publicKey = generateSshKeypair('me').publicKey;
  await cloud.request('POST', '/os-keypairs', { keypair: { name: 'mine', public_key: publicKey } });
  const id = await cloud.launch({ key_name: 'mine' });
  await cloud.request('DELETE', '/os-keypairs/mine');
  await cloud.idle(id);
  const drive = cloud.agent.machines.get(id)?.spec.configDrive ?? {};
  const told = JSON.parse(Buffer.from(drive['openstack/latest/meta_data.json'] ?? '', 'base64').toString());
  expect(told.public_keys).toEqual({ mine: publicKey });
});

test('keys are limited per user', async () => {
  const { systemContext } = await import('../policy/authorization.ts');
  await cloud.quota.update(systemContext(), 'default', { key_pairs: 1 }, { force: true });
  const { status, body } = await cloud.request('POST', '/os-keypairs', { keypair: { name: 'one more' } });
  expect([status, body.forbidden.message]).toEqual([403, expect.stringContaining('key_pairs')]);
});
