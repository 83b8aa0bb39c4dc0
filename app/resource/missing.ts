import { type ErrorDetails, UserError } from '../contract/errors.ts';

/** What is not there, or not for the caller to see. */
export function missing(message: string, details?: ErrorDetails): UserError {
  return new UserError('not_found', message, details);
}
