import { UserError } from '../contract/errors.ts';

const ISO_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/** Keystone's times have six digits after the second. */
export function microseconds(time: string): string {
  return time.replace(/\.(\d{3})Z$/, '.$1000Z');
}

/** A time somebody asks for, in UTC with six digits; 400 where it is none or has passed. */
export function parseExpiry(text: string, field: string, now: number): string {
  const match = ISO_TIME.exec(text);
  const time = match ? Date.parse(`${match[1]}T${match[2]}${zoneOf(match[4])}`) : Number.NaN;
  if (!match || Number.isNaN(time)) {
    throw new UserError('bad_request', `The '${field}' is not a time as ISO 8601 writes it.`, { field });
  }
  const fraction = (match[3] ?? '').padEnd(6, '0').slice(0, 6);
  const stored = `${new Date(time).toISOString().slice(0, 19)}.${fraction}Z`;
  if (Date.parse(stored) <= now) {
    throw new UserError('bad_request', `The '${field}' must not be before now.`, { field });
  }
  return stored;
}

/** Null: it has no end. */
export function isOver({ expires_at }: { expires_at: string | null }, now: number): boolean {
  return expires_at !== null && Date.parse(expires_at) <= now;
}

function zoneOf(zone: string | undefined): string {
  return zone === undefined || zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
}
