import { createHash } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import { expecting } from '../identity.errors.ts';

/**
 * What the blob of an EC2 credential holds; the ids bind it to the delegation it was made with. Delegated tokens make
 * none any more, so there are such of earlier versions only, and nobody can set or change an id.
 */
export interface Ec2Keys {
  access: string;
  secret: string;
  trust_id?: string | null;
  app_cred_id?: string | null;
  access_token_id?: string | null;
}
const BINDING = ['trust_id', 'app_cred_id', 'access_token_id'] as const;

/** Keystone's rule: the id of an EC2 credential follows from its access key. */
export function ec2CredentialId(access: string): string {
  return createHash('sha256').update(access).digest('hex');
}

/** 400 where the text of a blob holds no keys. */
export function parseEc2Keys(text: unknown): Ec2Keys {
  let keys: unknown;
  try {
    keys = JSON.parse(String(text));
  } catch {
    throw new UserError('bad_request', 'Invalid blob in credential', { field: 'credential.blob' });
  }
  if (keys === null || typeof keys !== 'object' || Array.isArray(keys)) throw expecting('blob', 'credential');
  if (!('access' in keys) || typeof keys.access !== 'string') throw expecting('access', 'credential');
  return { secret: '', ...keys } as Ec2Keys;
}

export function isBound(keys: Partial<Ec2Keys>): boolean {
  return BINDING.some((key) => keys[key]);
}

/** 400 where keys are to be bound to something else than they are. */
export function assertBinding(keys: Ec2Keys, bound: Partial<Ec2Keys>): void {
  for (const key of BINDING) {
    if ((keys[key] ?? null) === (bound[key] ?? null)) continue;
    throw new UserError('bad_request', `${key} cannot be set or updated for a credential: the cloud sets it.`, {
      field: 'credential.blob',
    });
  }
}
