import { createHash, randomBytes } from 'node:crypto';

/** Marks a token as ours, for secret scanners and people who find one in a file. */
const PREFIX = 'cumulet_';

/** Nothing is in a token: whoever has it is looked up. 256 bits, so it cannot be guessed. */
export function newToken(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** The form tokens and sign-in codes are stored in. A plain hash is enough for what is random throughout. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Keystone's audit ids: 16 random bytes without padding. */
export function newAuditId(): string {
  return randomBytes(16).toString('base64url');
}

/** What a token reaches. */
export type Scope =
  | { type: 'unscoped' }
  | { type: 'project'; id: string }
  | { type: 'domain'; id: string }
  | { type: 'system' };
