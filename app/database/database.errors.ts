import { type ErrorCode, type ErrorDetails, OperationalError } from '../contract/errors.ts';
import { asDiskFull } from '../disk-full.ts';

/**
 * The database cannot store or answer now: its disk is full, its server is away, another program holds it. Nothing was
 * changed, and the same may go through later: whoever can wait tries again.
 */
export class DatabaseUnavailable extends OperationalError {
  constructor(code: Extract<ErrorCode, 'disk_full' | 'unavailable'>, message: string, details: ErrorDetails) {
    super(code, 'controller', message, details);
  }
}

/** Of a full disk; other errors stay as they are. */
export function unavailableIfFull(thrown: unknown): unknown {
  const error = asDiskFull(thrown);
  if (!(error instanceof OperationalError) || error === thrown) return error;
  return new DatabaseUnavailable('disk_full', error.message, { hint: error.hint, cause: thrown });
}
