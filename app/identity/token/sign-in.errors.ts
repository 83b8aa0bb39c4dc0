import { UserError } from '../../contract/errors.ts';

/** Thrown instead of checking a password. */
export class TooManySignIns extends UserError {
  constructor(retryAfter: number) {
    const hint = `Try again in ${retryAfter} seconds.`;
    super('too_many_requests', 'Too many failed attempts to sign in.', { hint, retryAfter });
  }
}
