import { CumuletError, type ErrorCode, explain, toWire, UnexpectedError, UserError } from '../contract/errors.ts';
import { asDiskFull } from '../disk-full.ts';
import { preferredType } from './accept.ts';
import type { FaultStyle } from './route.ts';

/** Nova and Keystone name their faults after the status. */
const NOVA_NAMES: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};
const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};
/** Fastify's own refusals by status; others of the 400s are `bad_request`. */
const REFUSALS: Record<number, ErrorCode> = {
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
};

/** Anything thrown becomes one of ours: fastify's own refusals (bad JSON, too large) keep their status. */
export function toCumuletError(thrown: unknown): CumuletError {
  const error = asDiskFull(thrown);
  if (error instanceof CumuletError) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (error instanceof Error && status >= 400 && status < 500) {
    return new UserError(REFUSALS[status] ?? 'bad_request', error.message, { cause: error });
  }
  return new UnexpectedError('An unexpected error prevented the server from fulfilling your request.', error);
}

/** Nova repeats the header in the body of these. */
function retryAfterOf({ status, retryAfter }: CumuletError): { retryAfter?: string } {
  const isTooMuch = status === 413 || status === 429;
  return isTooMuch && retryAfter !== undefined ? { retryAfter: String(Math.ceil(retryAfter)) } : {};
}

const HTML_SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What faults tell beside the error: in Placement's also of whose request it is, and of its microversion. */
export interface FaultFrame {
  requestId: string;
  /** Undefined: none is known, as where the one that was asked for is none. */
  version: number | undefined;
  offered: { min_version: string; max_version: string } | undefined;
}

/** A fault as it is sent: Glance's are HTML unless JSON is preferred, as WebOb writes them; its client relies on it. */
export function faultAnswer(
  style: FaultStyle,
  error: CumuletError,
  accept: string | undefined,
  frame?: FaultFrame,
): { type: string; body: unknown } {
  const json = { type: 'application/json', body: faultBody(style, error, frame) };
  if (style !== 'glance') return json;
  const status = `${error.status} ${TITLES[error.status] ?? 'Error'}`;
  const message = explain(error);
  switch (preferredType(accept, ['text/html', 'application/json'])) {
    case 'application/json':
      return json;
    case 'text/html': {
      const shown = message.replace(/[&<>"']/g, (sign) => HTML_SIGNS[sign] ?? '');
      const head = `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>`;
      return { type: 'text/html; charset=UTF-8', body: `${head}\n  ${shown}<br /><br />\n\n\n\n </body>\n</html>` };
    }
    case null:
      return { type: 'text/plain; charset=UTF-8', body: `${status}\n\n${message}\n\n` };
  }
}

/** The fault body of each API; a hint is appended to the message where the body has no place for it. */
export function faultBody(style: FaultStyle, error: CumuletError, frame?: FaultFrame): unknown {
  const code = error.status;
  const title = TITLES[code] ?? 'Error';
  const message = explain(error);
  switch (style) {
    case 'nova':
      return { [NOVA_NAMES[code] ?? 'computeFault']: { code, message, ...retryAfterOf(error) } };
    case 'keystone':
      return { error: { code, message, title } };
    case 'glance':
      return { code: `${code} ${title}`, title, message };
    case 'neutron': {
      const type = error.fault ?? (code === 409 ? 'Conflict' : `HTTP${title.replaceAll(' ', '')}`);
      return { NeutronError: { type, message, detail: error.field ?? '' } };
    }
    case 'placement': {
      const { requestId, version = 0, offered } = frame ?? {};
      const named = version >= 23 && { code: error.fault ?? 'placement.undefined_code' };
      const versions = code === 406 && frame?.version === undefined && offered;
      return { errors: [{ status: code, title, detail: message, ...named, request_id: requestId, ...versions }] };
    }
    case 'v1':
      return { error: toWire(error) };
  }
}
