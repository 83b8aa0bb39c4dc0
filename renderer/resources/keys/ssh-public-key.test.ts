import { expect, it } from 'vitest';
import { privateKeyFile } from '../../design/private-key-file.ts';
import { keyNameProblem, parsePublicKey, sha256Fingerprint, suggestKeyName } from './ssh-public-key.ts';

const LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOQr6Xb8Q73umWbauymNnrclUpguGBwXH0LuQcO+Ul7/ ada@laptop';
/** As `ssh-keygen -lf` prints it for the line above. */
const FINGERPRINT = 'SHA256:KwDWOr6vBvWIwfgZzqdBaf8lYqX1Iu1IWQVtHkAvVWk';
const [, BASE64 = ''] = LINE.split(' ');

it('reads the line of a .pub file', () => {
  expect(parsePublicKey(`\n${LINE}\r\n`)).toEqual({ type: 'ssh-ed25519', base64: BASE64, comment: 'ada@laptop' });
  expect(parsePublicKey(`# mine\nssh-ed25519 ${BASE64}`)).toMatchObject({ comment: '' });
});

it.each([
  ['', 'empty'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----', 'private'],
  ['PuTTY-User-Key-File-3: ssh-ed25519', 'private'],
  [`${LINE}\n${LINE}`, 'several'],
  ['hello world', 'type'],
  [`ssh-foo ${BASE64}`, 'type'],
  [`ssh-rsa ${BASE64}`, 'damaged'],
  ['ssh-ed25519 AAAA', 'damaged'],
  ['ssh-ed25519 ***', 'damaged'],
  ['ssh-ed25519', 'damaged'],
])('says what is wrong with %j', (text, problem) => {
  expect(parsePublicKey(text)).toBe(problem);
});

it('shows the fingerprint that ssh-keygen shows', async () => {
  expect(await sha256Fingerprint(LINE)).toBe(FINGERPRINT);
  expect(await sha256Fingerprint('no key')).toBeNull();
});

it('takes the names the API takes', () => {
  expect(keyNameProblem(' ')).toBe('missing');
  expect(keyNameProblem('x'.repeat(256))).toBe('long');
  expect(keyNameProblem('a@b')).toBe('signs');
  expect(keyNameProblem("a'; drop")).toBe('signs');
  expect(keyNameProblem('My key_1-2')).toBeNull();
});

it('suggests a name that would be taken', () => {
  expect(suggestKeyName({ comment: 'ada@laptop' })).toBe('ada-laptop');
  expect(suggestKeyName({ comment: '' }, 'id_ed25519.pub')).toBe('id_ed25519');
  expect(suggestKeyName({ comment: '' })).toBe('');
});

it('names the file of a private key harmlessly', () => {
  expect(privateKeyFile('My key')).toBe('My-key.pem');
  expect(privateKeyFile('../x')).toBe('-x.pem');
});
