import { OperationalError } from '../contract/errors.ts';

/** Whatever cannot be recorded is not done, or is answered so where it is done already. */
export function asUnavailable(error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  return new OperationalError('unavailable', 'controller', 'The audit trail cannot be written.', {
    hint: 'Look into the log of the controller, and try again.',
    cause: error,
  });
}
