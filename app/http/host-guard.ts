import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyRequest } from 'fastify';
import { UserError } from '../contract/errors.ts';
import type { HttpSettings } from './http.settings.ts';

/**
 * Refuses requests whose `Host` is not one of ours (DNS rebinding) and browsers' requests from other origins. Loopback
 * names are always ours; IP addresses are when we listen beyond loopback, since a rebinding attack needs a name.
 */
export class HostGuard {
  /** Where we are reached ourselves: at the port we listen on, and no other. */
  readonly #names = new Set(['localhost', '127.0.0.1', '[::1]', hostname().toLowerCase()]);
  /** What a proxy passes on, with whatever port people reach that at. */
  readonly #passedOn = new Set<string>();
  readonly #origins = new Set<string>();
  #anyAddress = false;

  /** Adds the name or address we listen on. */
  listenOn(host: string): void {
    if (host === '0.0.0.0' || host === '::') this.#anyAddress = true;
    else this.#names.add(isIP(host) === 6 ? `[${host}]` : host.toLowerCase());
  }

  /** From `config.toml`: names a proxy passes on, and origins of pages that are as good as ours. */
  allow({ hosts, origins }: Pick<HttpSettings, 'hosts' | 'origins'>): void {
    for (const host of hosts) this.#passedOn.add(host.toLowerCase());
    for (const origin of origins) this.#origins.add(origin);
  }

  check(request: FastifyRequest): void {
    const { host, origin } = request.headers;
    // Of several, other programs on the way may have gone by another one (RFC 9112, 3.2).
    if (countOf('host', request.raw.rawHeaders) > 1) {
      throw new UserError('bad_request', 'The request has more than one Host header.');
    }
    if (!request.url.startsWith('/')) {
      throw new UserError('bad_request', 'The request line does not name a path of this server.');
    }
    if (!host || !this.#isOurs(host, request.socket.localPort)) {
      throw new UserError('bad_request', 'The Host header does not name this server.', {
        hint: 'Use the address that cumulet serve prints, or name this one in [http] hosts of config.toml.',
      });
    }
    if (origin === undefined || this.#origins.has(origin)) return;
    // The scheme may differ behind a TLS proxy; host and port must be the very ones addressed. Sandboxed pages and
    // local files say `null`, which is no address.
    if (!URL.canParse(origin) || new URL(origin).host !== host) throw foreignOrigin();
  }

  #isOurs(host: string, port: number | undefined): boolean {
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (this.#passedOn.has(name)) return true;
    const said = /:(\d+)$/.exec(host)?.[1];
    if (said !== undefined && port !== undefined && Number(said) !== port) return false;
    if (this.#names.has(name)) return true;
    return this.#anyAddress && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  }
}

/** Node keeps names and values in turn. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

function foreignOrigin(): UserError {
  return new UserError('forbidden', 'Requests from other web pages are not accepted.');
}
