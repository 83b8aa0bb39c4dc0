import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';
import { once } from '../../contract/testing/waiting.ts';

const SECRET = 'secret of the test';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

/** A real provider of OpenID Connect (panva's oidc-provider) with its development pages, which let everybody in. */
export class OpenIdProvider {
  readonly issuer: string;
  readonly secret = SECRET;
  readonly #server: Server;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  static async start(): Promise<OpenIdProvider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OpenIdProvider(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /**
   * Serves from now on the clients `cumulet` and `other`, who may come back to `callback`, and `brief`, which has device
   * codes that end within a second.
   */
  comeBackTo(callback: string): void {
    const provider = new Provider(this.issuer, configurationFor(callback));
    registerPasswordGrant(provider);
    this.#server.on('request', provider.callback());
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function configurationFor(callback: string): Configuration {
  const client = { client_secret: SECRET, redirect_uris: [callback], response_types: ['code' as const] };
  const own = ['authorization_code', DEVICE, 'client_credentials', 'password'];
  return {
    clients: [
      { ...client, client_id: 'cumulet', grant_types: own },
      { ...client, client_id: 'other', grant_types: ['authorization_code'] },
      { ...client, client_id: 'brief', grant_types: ['authorization_code', DEVICE] },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        preferred_username: `${sub} of Acme`,
        email: `${sub}@acme.example`,
        groups: ['ops', 'x;admins'],
      }),
    }),
    features: {
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      devInteractions: { enabled: true },
    },
    ttl: { DeviceCode: (_context, _code, { clientId }) => (clientId === 'brief' ? 1 : 600) },
    cookies: { keys: ['for the test'] },
    pkce: { required: () => false },
  };
}

/** OAuth 2.0, section 4.3, which the library leaves to whoever wants it; any password is right but `wrong`. */
function registerPasswordGrant(provider: Provider): void {
  provider.registerGrantType(
    'password',
    async (context) => {
      const { client, params = {} } = context.oidc;
      const { username, password, scope } = params as Record<string, string>;
      if (!client || !username || password === 'wrong') {
        context.status = 400;
        context.body = { error: 'invalid_grant' };
        return;
      }
      const grant = new provider.Grant({ clientId: client.clientId, accountId: username });
      grant.addOIDCScope(scope ?? 'openid');
      const token = new provider.AccessToken({
        client,
        accountId: username,
        grantId: await grant.save(),
        gty: 'password',
        claims: {},
        ...(scope === undefined ? {} : { scope }),
      } as unknown as ConstructorParameters<Provider['AccessToken']>[0]);
      context.body = { access_token: await token.save(), token_type: 'Bearer', scope };
    },
    ['username', 'password', 'scope'],
  );
}

/** A browser at the provider: follows, fills in its forms, and stops where it would leave it. */
export class ProviderBrowser {
  readonly #issuer: string;
  readonly #cookies = new Map<string, string>();

  constructor({ issuer }: { issuer: string }) {
    this.#issuer = issuer;
  }

  /** Where it would go on, or the last page; `more` are further fields, such as `user_code`, or `abort` to refuse. */
  async signIn(url: string, account: string, more: Record<string, string> = {}): Promise<string> {
    let response = await this.#visit(url);
    for (let steps = 0; steps < 20; steps += 1) {
      const location = response.headers.get('location');
      if (location) {
        const next = new URL(location, response.url);
        if (!next.href.startsWith(this.#issuer)) return next.href;
        response = await this.#visit(next.href);
        continue;
      }
      const page = await response.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      const hasRefused = steps > 0 && 'abort' in more;
      if (!action || hasRefused) return page;
      const fields = [...page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [
        /name="([^"]*)"/.exec(tag)?.[1] ?? '',
        /value="([^"]*)"/.exec(tag)?.[1] ?? '',
      ]);
      const given = Object.entries({ login: account, password: 'any', ...more });
      const hidden = new Set(fields.map(([name]) => name));
      const form = new URLSearchParams([...fields, ...given.filter(([name]) => !hidden.has(name))]);
      response = await this.#visit(new URL(action.replaceAll('&amp;', '&'), response.url).href, form);
    }
    throw new Error('the provider asks for ever');
  }

  async #visit(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }
}
