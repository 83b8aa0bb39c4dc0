import { randomUUID } from 'node:crypto';

/** Keystone's ids are UUIDs without dashes. */
export function newIdentityId(): string {
  return randomUUID().replaceAll('-', '');
}
