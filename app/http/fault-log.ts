import type { Logger } from 'pino';
import { type CumuletError, OperationalError } from '../contract/errors.ts';

/**
 * A mistake of ours with all that helps to find it; a known trouble in a line, with what it came from; nothing of what
 * was refused, be it because the caller was wrong or because nothing failed and there is only no room at this moment.
 */
export function logFault(
  log: Logger,
  fault: CumuletError,
  thrown: unknown,
  request: { requestId: string; path: string },
): void {
  if (fault.status < 500) return;
  if (!(fault instanceof OperationalError)) {
    log.error({ err: thrown, ...request }, 'request failed');
    return;
  }
  const { code, origin, message, cause, retryAfter } = fault;
  if (retryAfter !== undefined && cause === undefined) return;
  log.warn(
    { code, origin, fault: message, ...(cause !== undefined && { cause: String(cause) }), ...request },
    'request could not be served',
  );
}
