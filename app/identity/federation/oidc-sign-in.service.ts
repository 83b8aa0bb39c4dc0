import { timingSafeEqual } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import type { SignedIn } from '../../contract/v1.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { SignInService } from '../token/sign-in.service.ts';
import type { SignInCodeService } from '../token/sign-in-code.service.ts';
import type { SignInCode } from '../token/token.tables.ts';
import { hashSecret, newToken } from '../token/token.ts';
import type { FederatedUserService } from './federated-user.service.ts';
import type { Assertion } from './mapping.ts';
import { OIDC_PROTOCOL } from './oidc.settings.ts';
import { newSecrets, type OidcClient, type OidcSecrets } from './oidc-client.ts';

/** So long a person may take at the provider. */
const LIFETIME_MS = 10 * 60_000;
/** Sign-ins that are under way at once; nobody is proven yet, so the number has to be bounded. */
const MAX_PENDING = 1000;

interface PendingBrowser {
  client: OidcClient;
  secrets: OidcSecrets;
  callbackUri: string;
  /** Where the browser goes in the end; null where a window waits for the result. */
  redirect: string | null;
  /** Hash of what only the browser (or window) that began has. */
  handleHash: string;
  until: number;
}
interface PendingDevice {
  client: OidcClient;
  deviceCode: string;
  interval: number;
  nextAt: number;
  until: number;
}
type Finished = { code: string } | { error: UserError };
interface Waited {
  until: number;
  finished: Promise<Finished>;
  finish: (result: Finished) => void;
}

interface Parts {
  clients: readonly OidcClient[];
  users: FederatedUserService;
  codes: SignInCodeService;
  signIns: SignInService;
  now: () => number;
}

/** Sign-in by OpenID Connect: in the browser, in the desktop's window through the system's browser, on the command line. */
export class OidcSignInService {
  readonly #parts: Parts;
  readonly #clients: ReadonlyMap<string, OidcClient>;
  readonly #browsers = new Map<string, PendingBrowser>();
  readonly #devices = new Map<string, PendingDevice>();
  readonly #waited = new Map<string, Waited>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#clients = new Map(parts.clients.map((client) => [client.settings.id, client]));
  }

  /** What the sign-in page offers beside name and password. */
  list(): { id: string; name: string; kind: 'oidc' }[] {
    return [...this.#clients.values()].map(({ settings: { id, name = id } }) => ({ id, name, kind: 'oidc' }));
  }

  /** `handle` belongs to whoever begins; it comes back with the browser (cookie), or is waited with. */
  async begin(
    provider: string,
    options: { callbackUri: string; redirect: string | null },
  ): Promise<{ url: string; handle: string }> {
    const client = this.#client(provider);
    this.#makeRoom(this.#browsers);
    const secrets = newSecrets();
    const handle = newToken();
    const url = await client.authorizationUrl(options.callbackUri, secrets);
    const until = this.#parts.now() + LIFETIME_MS;
    const handleHash = hashSecret(handle);
    this.#browsers.set(secrets.state, { client, secrets, ...options, handleHash, until });
    if (options.redirect === null) {
      const { promise: finished, resolve: finish } = Promise.withResolvers<Finished>();
      this.#waited.set(handleHash, { finished, finish, until });
    }
    return { url, handle };
  }

  /**
   * The browser is back from the provider. Each sign-in comes back once. Answers where it goes on, or null where a
   * window waits; throws where the provider or the mapping refuses.
   */
  async comeBack(url: URL, handle: string | undefined): Promise<{ redirect: string } | null> {
    const state = url.searchParams.get('state') ?? '';
    const pending = this.#browsers.get(state);
    this.#browsers.delete(state);
    const isBound =
      pending?.redirect === null || (handle !== undefined && isSame(hashSecret(handle), pending?.handleHash));
    if (!pending || pending.until <= this.#parts.now() || !isBound) throw tooOld();
    const waited = this.#waited.get(pending.handleHash);
    try {
      const back = new URL(pending.callbackUri);
      back.search = url.search;
      const assertion = await pending.client.exchange(back, pending.secrets);
      const code = await this.#parts.codes.create(
        await this.#admit(pending.client.settings.id, OIDC_PROTOCOL, assertion),
      );
      waited?.finish({ code });
      return pending.redirect === null ? null : { redirect: `${pending.redirect}/#code=${code}` };
    } catch (error) {
      if (error instanceof UserError) waited?.finish({ error });
      throw error;
    }
  }

  /** Waits until the browser has finished, up to `ms`; null when it has not yet. The code is given once. */
  async wait(handle: string, ms: number): Promise<string | null> {
    const hash = hashSecret(handle);
    const waited = this.#waited.get(hash);
    if (!waited || waited.until <= this.#parts.now()) throw tooOld();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), ms);
      timer.unref();
    });
    const finished = await Promise.race([waited.finished, patience]).finally(() => clearTimeout(timer));
    if (finished === null) return null;
    // Of several who wait with the same handle one gets it.
    if (!this.#waited.delete(hash)) throw tooOld();
    if ('error' in finished) throw finished.error;
    return finished.code;
  }

  async beginDevice(provider: string) {
    const client = this.#client(provider);
    if (!(await client.canUseDevices())) {
      throw new UserError('bad_request', `${provider} does not offer the device flow.`, {
        field: 'provider',
        hint: 'Sign in in the browser, or let the provider allow it for this client.',
      });
    }
    this.#makeRoom(this.#devices);
    const { deviceCode, ...shown } = await client.startDevice();
    const handle = newToken();
    const until = this.#parts.now() + Math.min(shown.expiresIn * 1000, LIFETIME_MS);
    this.#devices.set(hashSecret(handle), { client, deviceCode, interval: shown.interval, nextAt: 0, until });
    return { handle, ...shown };
  }

  /** Signed in, or after how many seconds to ask again. The provider is not asked more often than it allows. */
  async askDevice(handle: string): Promise<SignedIn | { interval: number }> {
    const hash = hashSecret(handle);
    const pending = this.#devices.get(hash);
    if (!pending || pending.until <= this.#parts.now()) throw tooOld();
    if (pending.nextAt > this.#parts.now()) return { interval: pending.interval };
    pending.nextAt = this.#parts.now() + pending.interval * 1000;
    const answer = await pending.client.askDevice(pending.deviceCode).catch((error) => {
      if (error instanceof UserError) this.#devices.delete(hash);
      throw error;
    });
    if (answer === 'slow_down') pending.interval += 5;
    if (answer === 'pending' || answer === 'slow_down') return { interval: pending.interval };
    if (!this.#devices.delete(hash)) throw tooOld();
    const who = await this.#admit(pending.client.settings.id, OIDC_PROTOCOL, answer);
    const signedIn = await this.#parts.codes.signIn(who);
    if (!signedIn) throw notAuthenticated();
    return signedIn;
  }

  /** For Keystone's own clients: who the owner of an access token of the provider is. */
  async admitAccessToken(idpId: string, protocolId: string, accessToken: string) {
    const client = this.#clients.get(idpId);
    if (!client || protocolId !== OIDC_PROTOCOL) throw notAuthenticated();
    return await this.#admit(idpId, protocolId, await client.assertionOfAccessToken(accessToken));
  }

  /** What a provider says is one factor: whose rules ask for more has to bring that, too. */
  async #admit(idpId: string, protocolId: string, assertion: Assertion): Promise<SignInCode> {
    const who = await this.#parts.users.admit(idpId, protocolId, assertion);
    await this.#parts.signIns.assertEnough(who.userId, new Set([protocolId]));
    return who;
  }

  #client(provider: string): OidcClient {
    const client = this.#clients.get(provider);
    if (client) return client;
    throw new UserError('not_found', `There is no sign-in by ${provider}.`, { field: 'provider' });
  }

  #makeRoom(pending: Map<string, { until: number }>): void {
    const now = this.#parts.now();
    for (const map of [this.#browsers, this.#devices, this.#waited]) {
      for (const [key, { until }] of map) if (until <= now) map.delete(key);
    }
    if (pending.size < MAX_PENDING) return;
    throw new UserError('too_many_requests', 'Too many people are signing in at this moment.', {
      hint: 'Try again in a minute.',
    });
  }
}

function isSame(hash: string, other: string | undefined): boolean {
  return other !== undefined && timingSafeEqual(Buffer.from(hash), Buffer.from(other));
}

function tooOld(): UserError {
  return new UserError('unauthorized', 'This sign-in was not begun here, has been used or is too old.', {
    hint: 'Begin again.',
  });
}
