import type { ApiCalls } from '../../app/contract/generated/calls.ts';
import { DASHBOARD_COMPUTE_VERSION } from '../../app/contract/openstack.ts';
import { t } from '../i18n/i18n.ts';
import { CloudError, parseFault } from './cloud-error.ts';
import { endSession, readSession } from './session.ts';

type QueryValue = string | number | boolean | null | undefined;
type Query = Record<string, QueryValue | QueryValue[]>;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON unless `contentType` says otherwise. */
  body?: unknown;
  contentType?: string;
  query?: Query;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Another token than the session's; null sends none. */
  token?: string | null;
}

/** Every call that is named here, by method and path, as its route declares it. */
export type ApiCall = keyof ApiCalls;
type Part<C extends ApiCall, P extends string> = ApiCalls[C] extends Record<P, infer T> ? T : undefined;
export type BodyOf<C extends ApiCall> = Part<C, 'body'>;
/** What is undefined is left out; numbers are written as text. */
export type QueryOf<C extends ApiCall> = { [N in keyof Part<C, 'query'>]: Part<C, 'query'>[N] | number | undefined };
export type AnswerOf<C extends ApiCall> = Part<C, 'answer'>;

interface CallOptions<C extends ApiCall> extends Omit<RequestOptions, 'method' | 'body' | 'query'> {
  params?: Part<C, 'params'>;
  query?: QueryOf<C>;
  body?: BodyOf<C>;
}
type Required<C extends ApiCall> = { [P in 'params' | 'body' as Part<C, P> extends undefined ? never : P]: Part<C, P> };
/** Left out altogether where the call needs nothing. */
type CallArguments<C extends ApiCall> = keyof Required<C> extends never
  ? [options?: CallOptions<C>]
  : [options: CallOptions<C> & Required<C>];

/** A declared call with its types, compute's at the microversion the dashboard speaks; else as {@link request}. */
export async function call<C extends ApiCall>(name: C, ...[options]: CallArguments<C>): Promise<AnswerOf<C>> {
  return await readJson<AnswerOf<C>>(await callRaw(name, ...([options] as CallArguments<C>)));
}

/** As {@link call}, for callers that need headers or a body that is no JSON. */
export async function callRaw<C extends ApiCall>(name: C, ...[options]: CallArguments<C>): Promise<Response> {
  const { params, ...rest }: CallOptions<C> = options ?? {};
  const [method = 'GET', template = ''] = name.split(' ');
  const path = template.replace(/:(\w+)/g, (_, parameter: string) =>
    encodeURIComponent(String((params as Record<string, string> | undefined)?.[parameter])),
  );
  const version = { 'openstack-api-version': `compute ${DASHBOARD_COMPUTE_VERSION}` };
  const headers = { ...(path.startsWith('/compute/') && version), ...rest.headers };
  return await send(path, { ...rest, method, headers } as RequestOptions);
}

/** One call to the controller; rejects with {@link CloudError}. A 401 for the session's own token ends the session. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return await readJson<T>(await send(path, options));
}

async function readJson<T>(response: Response): Promise<T> {
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
    throw new CloudError(t('design:fault.controllerAway'), {
      status: 0,
      code: 'unavailable',
      hint: t('design:fault.controllerAwayHint'),
      cause,
    });
  }
  if (response.ok) return response;
  const { status, headers: answered } = response;
  const requestId = answered.get('x-openstack-request-id') ?? answered.get('x-compute-request-id') ?? undefined;
  const error = parseFault(status, await response.text(), requestId, answered);
  if (response.status === 401 && token !== null && token === readSession()?.token) endSession('expired');
  throw error;
}

/** A list repeats its name. */
export function queryString(query: RequestOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) parameters.append(name, String(each));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
