import {
  CumuletError,
  ERROR_STATUS,
  type ErrorCode,
  fromWire,
  OperationalError,
  UnexpectedError,
  type WireError,
} from '../app/contract/errors.ts';

/** Why an order's signal fired; anything else is the controller's wish. */
export const SUPERSEDED = 'superseded';
export const CLOSING = 'closing';

/** Nobody waits for the order any more, or nobody says so. */
export class NotWanted extends OperationalError {
  constructor(verb: string) {
    // As if it had not arrived: whoever does wait for it gives it again.
    super('unavailable', 'agent', `The order (${verb}) was given up before it took effect.`, {
      hint: 'Give it again if it is still wanted.',
    });
  }
}

/** What the controller is told of an order that did not come to its end. */
export function explain(error: unknown, signal: AbortSignal): CumuletError {
  if (signal.aborted && signal.reason === SUPERSEDED) {
    return new OperationalError('aborted', 'agent', 'A stronger order for the same machine took its place.', {
      cause: error,
    });
  }
  if (signal.aborted) return new OperationalError('aborted', 'agent', 'The order was aborted.', { cause: error });
  if (error instanceof CumuletError) return error;
  return new UnexpectedError(error instanceof Error ? error.message : String(error), error, 'agent');
}

/** A failure that is repeated from the record. */
export function fromStored(error: Omit<WireError, 'code'> & { code: string }): CumuletError {
  return fromWire({ ...error, code: isKnownCode(error.code) ? error.code : 'unexpected' });
}

/** Whether this version has a word for it. */
export function isKnownCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_STATUS, code);
}
