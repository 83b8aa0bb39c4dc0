/** Key types OpenSSH and the controller know. */
const TYPES = [
  'ssh-ed25519',
  'ssh-rsa',
  'ssh-dss',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

export type PublicKeyProblem = 'empty' | 'private' | 'several' | 'type' | 'damaged';

export interface PublicKey {
  type: string;
  /** The blob in base64. */
  base64: string;
  comment: string;
}

/** Reads one line of a `.pub` file; says what is wrong with anything else. */
export function parsePublicKey(text: string): PublicKey | PublicKeyProblem {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [line, ...more] = lines;
  if (line === undefined) return 'empty';
  // The half that must never leave its owner.
  if ((text.includes('-----BEGIN ') && text.includes('PRIVATE KEY-----')) || line.startsWith('PuTTY-User-Key-File'))
    return 'private';
  if (more.length > 0) return 'several';
  const [type = '', base64 = '', ...comment] = line.split(/\s+/);
  if (!TYPES.includes(type)) return 'type';
  return typeInside(base64) === type ? { type, base64, comment: comment.join(' ') } : 'damaged';
}

/** The blob begins with its type again, its length before it (RFC 4253, section 6.6): a cut or mixed-up paste shows. */
function typeInside(base64: string): string | null {
  let bytes: string;
  try {
    bytes = atob(base64);
  } catch {
    return null;
  }
  const length = [0, 1, 2, 3].reduce((sum, index) => sum * 256 + bytes.charCodeAt(index), 0);
  return Number.isNaN(length) || bytes.length <= 4 + length ? null : bytes.slice(4, 4 + length);
}

/** `SHA256:...` as `ssh-keygen -l` shows it; the API knows only MD5. Null where the browser hashes nothing. */
export async function sha256Fingerprint(publicKey: string): Promise<string | null> {
  const parsed = parsePublicKey(publicKey);
  // Only pages from this computer or over TLS may hash.
  if (typeof parsed === 'string' || !globalThis.crypto?.subtle) return null;
  const blob = Uint8Array.from(atob(parsed.base64), (sign) => sign.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob));
  return `SHA256:${btoa(String.fromCharCode(...digest)).replaceAll('=', '')}`;
}

const NAME = /^[A-Za-z0-9_ -]+$/;

/** Nova's names of keys: letters, digits, spaces, - and _. */
export function keyNameProblem(name: string): 'missing' | 'long' | 'signs' | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'missing';
  if (trimmed.length > 255) return 'long';
  return NAME.test(trimmed) ? null : 'signs';
}

/** A name for a key from its comment (`ada@laptop`) or its file (`id_ed25519.pub`). */
export function suggestKeyName(key: Pick<PublicKey, 'comment'>, fileName?: string): string {
  const source = key.comment || (fileName ?? '').replace(/\.pub$/, '');
  return source
    .replace(/[^A-Za-z0-9_ -]+/g, '-')
    .replace(/^-+/, '')
    .replace(/(?<!-)-+$/, '')
    .slice(0, 255);
}
