import type { IncomingMessage } from 'node:http';
import { posix } from 'node:path';

/** What a URL addresses, without query, decoded as the router decodes it: two spellings are one path. */
export function pathOf(url: string): string {
  const path = url.split(/[?#]/)[0] || '/';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** The path without doubled slashes and dot parts: whose it is meant to be. Nothing but a refusal is answered by it. */
export function plainPathOf(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/'));
}

/**
 * A request line may hold a whole address (RFC 9112, 3.2.2). Where that is the one of `Host`, only its path counts from
 * here on; what is left as it was is refused by the host guard.
 */
export function originForm({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  if (url.startsWith('/') || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
  const { host, pathname, search } = new URL(url);
  return host === headers.host?.toLowerCase() ? pathname + search : url;
}
