import { createHash } from 'node:crypto';
import { UserError } from '../contract/errors.ts';

/** Ids of a host for clients that expect a uuid or a number; an id of ours may be neither. */
export function hostUuid(hostId: string): string {
  const hex = createHash('sha256').update(`cumulet-host\0${hostId}`).digest('hex');
  // Version 8, "custom", of RFC 9562.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Before 2.53 ids were numbers. */
export function hostNumber(hostId: string): number {
  return Number.parseInt(createHash('sha256').update(hostId).digest('hex').slice(0, 7), 16);
}

export function unknownHost(name: string): UserError {
  return new UserError('not_found', `Compute host ${name.slice(0, 255)} could not be found.`);
}
