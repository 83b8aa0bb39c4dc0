import { CloudError, parseFault } from './cloud-error.ts';
import { endSession, readSession } from './session.ts';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON unless `contentType` says otherwise. */
  body?: unknown;
  contentType?: string;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Another token than the session's; null sends none. */
  token?: string | null;
}

/** One call to the controller; rejects with {@link CloudError}. A 401 for the session's own token ends the session. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** As {@link request}, for callers that need headers or a body that is no JSON. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const token = options.token === undefined ? (readSession()?.token ?? null) : options.token;
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (token !== null) headers['x-auth-token'] = token;
  const init: RequestInit = { method: options.method ?? 'GET', headers, cache: 'no-store' };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    headers['content-type'] = options.contentType ?? 'application/json';
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(path + queryString(options.query), init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new CloudError('The controller does not answer.', {
      status: 0,
      code: 'unavailable',
      hint: 'Check that Cumulet is running and that this computer can reach it, then try again.',
      cause,
    });
  }
  if (response.ok) return response;
  const error = parseFault(
    response.status,
    await response.text(),
    response.headers.get('x-openstack-request-id') ?? response.headers.get('x-compute-request-id') ?? undefined,
  );
  if (response.status === 401 && token !== null && token === readSession()?.token) endSession('expired');
  throw error;
}

export function queryString(query: RequestOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
