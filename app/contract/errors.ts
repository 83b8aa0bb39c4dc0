/**
 * The three kinds of error every part of Cumulet throws. They cross the bus and the task table as themselves
 * (see {@link toWire} and {@link fromWire}); `app/http/fault.ts` turns them into each API's fault body.
 */

/** Whose fault it is; the dashboard says so beside the message. */
export type ErrorOrigin = 'user' | 'controller' | 'agent' | 'hypervisor';

/** Stable codes: programs may rely on them, messages may change. The HTTP status follows from the code. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  quota_exceeded: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  too_large: 413,
  uri_too_long: 414,
  range_not_satisfiable: 416,
  unsupported_media_type: 415,
  too_many_requests: 429,
  headers_too_large: 431,
  no_valid_host: 500,
  hypervisor_failed: 500,
  image_unusable: 400,
  disk_full: 507,
  aborted: 409,
  stale_generation: 409,
  unknown_method: 501,
  unavailable: 503,
  timeout: 504,
  unexpected: 500,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

export interface ErrorDetails {
  /** What the person can do next, as a full sentence. */
  hint?: string;
  /** The request field at fault, as a path such as `server.name`. */
  field?: string;
  /** Seconds after which trying again makes sense, where that is known: `Retry-After`. */
  retryAfter?: number;
  /** What the API calls this fault, where its clients tell faults apart by name: `NetworkInUse`. */
  fault?: string;
  cause?: unknown;
}

/** What went wrong and what to do next, as one text: for whoever has one place for both. */
export function explain({ message, hint }: { message: string; hint?: string | null | undefined }): string {
  if (!hint) return message;
  return `${/[.!?。！？]$/.test(message) ? message : `${message}.`} ${hint}`;
}

/** Common base; throw one of the three subclasses, never this. */
export class CumuletError extends Error {
  readonly code: ErrorCode;
  readonly origin: ErrorOrigin;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  readonly fault: string | undefined;

  constructor(code: ErrorCode, origin: ErrorOrigin, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.origin = origin;
    this.hint = details.hint;
    this.field = details.field;
    this.retryAfter = details.retryAfter;
    this.fault = details.fault;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** The caller asked for something that cannot be: always a 4xx. */
export class UserError extends CumuletError {
  constructor(code: ErrorCode, message: string, details?: ErrorDetails) {
    super(code, 'user', message, details);
  }
}

/** The world failed in a way we know (disk full, host gone, QEMU missing): retry or repair may help. */
export class OperationalError extends CumuletError {
  constructor(code: ErrorCode, origin: ErrorOrigin, message: string, details?: ErrorDetails) {
    super(code, origin, message, details);
  }
}

/** A mistake of ours. */
export class UnexpectedError extends CumuletError {
  constructor(message: string, cause?: unknown, origin: ErrorOrigin = 'controller') {
    super('unexpected', origin, message, { cause });
  }
}

export interface WireError {
  kind: 'user' | 'operational' | 'unexpected';
  code: ErrorCode;
  origin: ErrorOrigin;
  message: string;
  hint?: string | undefined;
  field?: string | undefined;
}

/** A JSON form for the bus, the task table and `/v1`; foreign errors become `unexpected` of the given origin. */
export function toWire(error: unknown, origin: ErrorOrigin = 'controller'): WireError {
  if (error instanceof CumuletError) {
    const kind = error instanceof UserError ? 'user' : error instanceof OperationalError ? 'operational' : 'unexpected';
    const { code, message, hint, field } = error;
    return { kind, code, origin: error.origin, message, hint, field };
  }
  return {
    kind: 'unexpected',
    code: 'unexpected',
    origin,
    message: error instanceof Error ? error.message : String(error),
  };
}

export function fromWire(wire: WireError): CumuletError {
  const details = { hint: wire.hint, field: wire.field };
  if (wire.kind === 'user') return new UserError(wire.code, wire.message, details);
  if (wire.kind === 'operational') return new OperationalError(wire.code, wire.origin, wire.message, details);
  return new UnexpectedError(wire.message, undefined, wire.origin);
}
