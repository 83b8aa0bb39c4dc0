import { constants, createHash, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { UserError } from '../contract/errors.ts';
import { isBase64 } from './base64.ts';

/**
 * OpenSSH's key formats. Public keys: RFC 4253, section 6.6, as one line `<type> <base64 of the blob> <comment>`; in a
 * blob every string and number is preceded by its length, 4 bytes. Private keys: PROTOCOL.key of OpenSSH.
 */

/** Fields after the type name: a fixed length in bytes, or null for any. */
const KEY_FIELDS: Record<string, readonly (number | null)[]> = {
  'ssh-rsa': [null, null],
  'ssh-dss': [null, null, null, null],
  'ssh-ed25519': [32],
  'ecdsa-sha2-nistp256': [8, 65],
  'ecdsa-sha2-nistp384': [8, 97],
  'ecdsa-sha2-nistp521': [8, 133],
  'sk-ssh-ed25519@openssh.com': [32, null],
  'sk-ecdsa-sha2-nistp256@openssh.com': [8, 65, null],
};

export interface SshKeypair {
  publicKey: string;
  privateKey: string;
  fingerprint: string;
}

/** What separates the parts of a line for OpenSSH. JavaScript's `\s` and `trim` also take signs that it does not. */
const BLANK = /[ \t]+/;
/** Control signs, line ends of any alphabet and byte order marks: a line with one is not the line people see. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u{feff}]/u;

/**
 * A public key in OpenSSH's one-line form, without blanks and line ends around it, and its fingerprint: MD5 of its blob,
 * as Nova shows it. What is answered is what was checked. 400 for anything else.
 */
export function parsePublicKey(text: string): { publicKey: string; fingerprint: string } {
  const publicKey = trimBlanks(text);
  const [type = '', base64 = ''] = publicKey.split(BLANK);
  const fields = Object.hasOwn(KEY_FIELDS, type) ? KEY_FIELDS[type] : undefined;
  if (!fields || UNSEEN.test(publicKey.replaceAll('\t', ' ')) || base64 === '' || !isBase64(base64)) throw invalid();
  const blob = Buffer.from(base64, 'base64');
  const strings = readStrings(blob);
  const [name, ...rest] = strings ?? [];
  if (name?.toString('latin1') !== type || rest.length !== fields.length) throw invalid();
  const fits = fields.every((length, index) => {
    const found = rest[index]?.length ?? 0;
    return length === null ? found > 0 : found === length;
  });
  if (!fits) throw invalid();
  return { publicKey, fingerprint: fingerprint(blob) };
}

/** Base64, which only the owner of an RSA key can read (PKCS #1 v1.5); null where the key is another, or too short for it. */
export function encryptForKey(publicKey: string, text: string): string | null {
  const [type, base64 = ''] = publicKey.split(BLANK);
  const [, exponent, modulus] = readStrings(Buffer.from(base64, 'base64')) ?? [];
  if (type !== 'ssh-rsa' || !exponent || !modulus) return null;
  // As a number without leading zeros.
  const digits = (bytes: Buffer) => bytes.subarray(bytes.findIndex((byte) => byte !== 0)).toString('base64url');
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n: digits(modulus), e: digits(exponent) }, format: 'jwk' });
    const padding = constants.RSA_PKCS1_PADDING;
    return publicEncrypt({ key, padding }, Buffer.from(text)).toString('base64');
  } catch {
    return null;
  }
}

/** A new Ed25519 key; the private half exists only in what is returned. */
export function generateSshKeypair(comment: string): SshKeypair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]);
  return {
    publicKey: `ssh-ed25519 ${blob.toString('base64')} ${comment}`,
    privateKey: privateKeyFile(blob, Buffer.concat([seed, raw]), raw, comment),
    fingerprint: fingerprint(blob),
  };
}

function privateKeyFile(publicBlob: Buffer, secret: Buffer, raw: Buffer, comment: string): string {
  // The same random number twice: who decrypts with a wrong passphrase notices.
  const check = randomBytes(4);
  const open = Buffer.concat([
    check,
    check,
    sshString('ssh-ed25519'),
    sshString(raw),
    sshString(secret),
    sshString(comment),
  ]);
  // Padded with 1, 2, 3, ... to the block size of the cipher `none`, 8.
  const padding = Buffer.from(Array.from({ length: (8 - (open.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.alloc(4);
  one.writeUInt32BE(1);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    one,
    sshString(publicBlob),
    sshString(Buffer.concat([open, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function sshString(value: string | Buffer): Buffer {
  const content = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

function readStrings(blob: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (let offset = 0; offset < blob.length; ) {
    if (offset + 4 > blob.length) return undefined;
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    strings.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return strings;
}

function fingerprint(blob: Buffer): string {
  return createHash('md5').update(blob).digest('hex').match(/../g)?.join(':') ?? '';
}

function invalid(): UserError {
  return new UserError('bad_request', 'Keypair data is invalid: failed to generate fingerprint', {
    field: 'keypair.public_key',
    hint: 'Paste the whole line of a .pub file, such as ~/.ssh/id_ed25519.pub.',
  });
}

/** By hand: a pattern that ends in `$` takes quadratic time over many blanks. */
function trimBlanks(text: string): string {
  const isBlank = (index: number): boolean => ' \t\r\n'.includes(text.charAt(index));
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}
