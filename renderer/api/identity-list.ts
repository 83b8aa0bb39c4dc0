import { type RequestOptions, request } from './request.ts';

export const IDENTITY = '/identity/v3';

/** A collection of Keystone's, whole: page after page where the controller answers pages. */
export async function listAll<T>(
  path: string,
  name: string,
  query: NonNullable<RequestOptions['query']>,
  signal?: AbortSignal,
): Promise<T[]> {
  type Answer = Record<string, unknown> & { links?: { next?: string | null } };
  let answer = await request<Answer>(IDENTITY + path, { query, signal });
  const things = [...(answer[name] as T[])];
  for (let next = answer.links?.next; next; next = answer.links?.next) {
    // Of the address only path and query count: the token goes to this origin and to no other.
    const { pathname, search } = new URL(next, globalThis.location.href);
    answer = await request<Answer>(pathname + search, { signal });
    things.push(...(answer[name] as T[]));
  }
  return things;
}

/** The path of one thing, each part escaped. */
export function identityPath(...parts: string[]): string {
  return [IDENTITY, ...parts.map(encodeURIComponent)].join('/');
}
