import type { ErrorOrigin } from '../../app/contract/errors.ts';

export interface CloudErrorDetails {
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** Cumulet's stable code where the API carries it, else derived from the status. */
  code: string;
  hint?: string | undefined;
  field?: string | undefined;
  origin?: ErrorOrigin | undefined;
  /** `req-<uuid>`: finds the request in the logs. */
  requestId?: string | undefined;
  /** Seconds until it is worth trying again. */
  retryAfter?: number | undefined;
  /** Of a sign-in that is not done: what stands for the part that is, and what is asked for beside it. */
  receipt?: Receipt | undefined;
  cause?: unknown;
}

/** Keystone's auth receipt: `methods` are the sets of which one is enough. */
export interface Receipt {
  token: string;
  userId: string;
  methods: string[][];
}

/** What any failed call rejects with, whatever API answered it. */
export class CloudError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly origin: ErrorOrigin;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly receipt: Receipt | undefined;

  constructor(message: string, details: CloudErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CloudError';
    this.status = details.status;
    this.code = details.code;
    this.hint = details.hint;
    this.field = details.field;
    this.origin = details.origin ?? (details.status >= 400 && details.status < 500 ? 'user' : 'controller');
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
    this.receipt = details.receipt;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof CloudError && error.status === 404;
}

/** Any thrown thing as a CloudError, so that one component can show it. */
export function toCloudError(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  return new CloudError(error instanceof Error ? error.message : String(error), {
    status: 0,
    code: 'unexpected',
    cause: error,
  });
}

const CODE_BY_STATUS: Record<number, string> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  409: 'conflict',
  410: 'gone',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
  504: 'timeout',
  507: 'disk_full',
};

/** Reads a fault body of any of the APIs: Nova, Keystone, Glance, Neutron, `/v1`, or plain text. */
export function parseFault(status: number, body: string, requestId?: string, headers = new Headers()): CloudError {
  const json = parseJson(body);
  const fallback: CloudErrorDetails = {
    status,
    code: CODE_BY_STATUS[status] ?? 'unexpected',
    requestId,
    field: headers.get('cumulet-error-field') ?? undefined,
    retryAfter: Number(headers.get('retry-after')) || undefined,
    receipt: receiptOf(json, headers.get('openstack-auth-receipt')),
  };
  if (!isRecord(json)) return new CloudError(plainText(body) || `HTTP ${status}`, fallback);

  const neutron = json.NeutronError;
  if (isRecord(neutron)) {
    const field = text(neutron.detail);
    return new CloudError(text(neutron.message) ?? `HTTP ${status}`, { ...fallback, field: field || undefined });
  }
  // Keystone's `error.code` is the status as a number, the one of /v1 a stable word.
  if (isRecord(json.error)) {
    const wire = json.error;
    return new CloudError(text(wire.message) ?? `HTTP ${status}`, {
      ...fallback,
      code: text(wire.code) ?? fallback.code,
      hint: text(wire.hint),
      field: text(wire.field) ?? fallback.field,
      origin: origin(wire.origin),
    });
  }
  // Glance: `{code, title, message}` at the top.
  if (text(json.message)) return new CloudError(text(json.message) ?? '', fallback);
  // Nova: one key named after the fault.
  const fault = Object.values(json).find(isRecord);
  const message = fault && text(fault.message);
  return new CloudError(message || plainText(body) || `HTTP ${status}`, fallback);
}

function receiptOf(json: unknown, token: string | null): Receipt | undefined {
  if (token === null || !isRecord(json) || !isRecord(json.receipt) || !isRecord(json.receipt.user)) return undefined;
  const methods = json.required_auth_methods;
  return { token, userId: text(json.receipt.user.id) ?? '', methods: Array.isArray(methods) ? methods : [] };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Proxies answer with pages: people get the words, not the markup. */
function plainText(body: string): string {
  const words: string[] = [];
  let hidden: string | undefined;
  for (const [index, piece] of body.split('<').entries()) {
    const tag = index === 0 ? undefined : /^\/?[a-z]*/i.exec(piece)?.[0].toLowerCase();
    if (tag === `/${hidden}`) hidden = undefined;
    else if (tag === 'style' || tag === 'script') hidden ??= tag;
    if (hidden === undefined) words.push(index === 0 ? piece : piece.slice(piece.indexOf('>') + 1));
  }
  return words.join(' ').replace(/\s+/g, ' ').trim().slice(0, 400);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function origin(value: unknown): ErrorOrigin | undefined {
  return value === 'user' || value === 'controller' || value === 'agent' || value === 'hypervisor' ? value : undefined;
}
