import { createHash } from 'node:crypto';

/** Ids of a host for clients that expect them: hosts here are known by their names, which last as long as they do. */
export function hostUuid(name: string): string {
  const hex = createHash('sha256').update(`cumulet-host\0${name}`).digest('hex');
  // Version 8, "custom", of RFC 9562.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Before 2.53 ids were numbers. */
export function hostNumber(name: string): number {
  return Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 7), 16);
}
