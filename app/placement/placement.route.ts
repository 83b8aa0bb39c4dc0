/** Where all of it hangs. */
export const PREFIX = '/placement';

/** Of a request: what answers are made with. */
export interface Frame {
  readonly origin: string;
  readonly version: number;
  readonly reply: { header(name: string, value: string): unknown };
}

/** Since 1.15 answers say that they are not to be kept, and when what they tell has changed; silent: now. */
export function fresh<Body>({ reply, version }: Frame, body: Body, changedAt?: string): Body {
  if (version < 15) return body;
  reply.header('cache-control', 'no-cache');
  reply.header('last-modified', new Date(changedAt ?? Date.now()).toUTCString());
  return body;
}

/** Names in the answer what was made. */
export function located({ origin, reply }: Frame, path: string): void {
  reply.header('location', `${origin}${PREFIX}${path}`);
}
