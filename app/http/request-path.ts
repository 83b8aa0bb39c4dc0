import type { IncomingMessage } from 'node:http';

/** What a URL addresses, without query, decoded as the router decodes it: two spellings are one path. */
export function pathOf(url: string): string {
  const path = url.split(/[?#]/)[0] || '/';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
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
