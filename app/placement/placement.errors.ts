import { type ErrorDetails, UserError } from '../contract/errors.ts';
import { missing } from '../resource/missing.ts';

/** Placement's codes of errors, which its clients tell apart since 1.23. */
export const CODES = {
  inventoryInUse: 'placement.inventory.inuse',
  concurrentUpdate: 'placement.concurrent_update',
  duplicateName: 'placement.duplicate_name',
  providerInUse: 'placement.resource_provider.inuse',
  isParent: 'placement.resource_provider.cannot_delete_parent',
  providerNotFound: 'placement.resource_provider.not_found',
  duplicateKey: 'placement.query.duplicate_key',
  badValue: 'placement.query.bad_value',
  missingValue: 'placement.query.missing_value',
} as const;

type Details = Omit<ErrorDetails, 'fault'> & { code?: keyof typeof CODES };

function withCode({ code, ...details }: Details): ErrorDetails {
  return { ...details, ...(code && { fault: CODES[code] }) };
}

export function badRequest(message: string, details: Details = {}): UserError {
  return new UserError('bad_request', message, withCode(details));
}

export function conflict(message: string, details: Details = {}): UserError {
  return new UserError('conflict', message, withCode(details));
}

/** Somebody else changed it since the client read it. */
export function changedMeanwhile(message: string, field: string): UserError {
  return conflict(message, { code: 'concurrentUpdate', field, hint: 'Read it again and repeat the change.' });
}

export function noProvider(id: string): UserError {
  return missing(`No resource provider with uuid ${id} found.`);
}

/** What the scheduler counts is changed by what it is of, and not here. */
export function keptByScheduler(what: string, hint: string, code?: keyof typeof CODES): UserError {
  return conflict(`${what} is kept by the scheduler and cannot be changed here.`, { hint, ...(code && { code }) });
}

/** By ids, of which two spellings are one. */
export function eachOnce<T>(entries: readonly (readonly [id: string, of: T])[], field: string): Map<string, T> {
  const found = new Map(entries);
  if (found.size === entries.length) return found;
  throw badRequest('A resource provider is there twice.', { field });
}
