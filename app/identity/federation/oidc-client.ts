import * as oidc from 'openid-client';
import { CumuletError, OperationalError, UserError } from '../../contract/errors.ts';
import type { Assertion } from './mapping.ts';
import type { OidcSettings } from './oidc.settings.ts';

const TIMEOUT_SECONDS = 10;
type Claims = Record<string, unknown>;

/** One provider of OpenID Connect, of which the controller is a client. Its addresses are found when first needed. */
export class OidcClient {
  readonly settings: OidcSettings;
  #configuration: Promise<oidc.Configuration> | undefined;

  constructor(settings: OidcSettings) {
    this.settings = settings;
  }

  async canUseDevices(): Promise<boolean> {
    return (await this.#found()).serverMetadata().device_authorization_endpoint !== undefined;
  }

  async authorizationUrl(redirectUri: string, secrets: OidcSecrets): Promise<string> {
    return await this.#ask(async (configuration) => {
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: this.settings.scopes.join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: 'S256',
        state: secrets.state,
        nonce: secrets.nonce,
      });
      return url.href;
    });
  }

  /** What the provider says of who came back to `callbackUrl`; the id token's signature, nonce and audience are checked. */
  async exchange(callbackUrl: URL, secrets: OidcSecrets): Promise<Assertion> {
    return await this.#ask(async (configuration) => {
      const tokens = await oidc.authorizationCodeGrant(configuration, callbackUrl, {
        pkceCodeVerifier: secrets.verifier,
        expectedState: secrets.state,
        expectedNonce: secrets.nonce,
        idTokenExpected: true,
      });
      return await this.#assertionOf(configuration, tokens);
    });
  }

  async startDevice(): Promise<DeviceAuthorization> {
    return await this.#ask(async (configuration) => {
      const answer = await oidc.initiateDeviceAuthorization(configuration, { scope: this.settings.scopes.join(' ') });
      return {
        deviceCode: answer.device_code,
        userCode: answer.user_code,
        verificationUri: answer.verification_uri,
        verificationUriComplete: answer.verification_uri_complete ?? null,
        expiresIn: answer.expires_in,
        interval: answer.interval ?? 5,
      };
    });
  }

  /** One question whether the person has agreed; `pending` and `slow_down` mean: ask again. */
  async askDevice(deviceCode: string): Promise<Assertion | 'pending' | 'slow_down'> {
    return await this.#ask(async (configuration) => {
      try {
        const tokens = await oidc.genericGrantRequest(configuration, 'urn:ietf:params:oauth:grant-type:device_code', {
          device_code: deviceCode,
        });
        return await this.#assertionOf(configuration, tokens);
      } catch (error) {
        if (!(error instanceof oidc.ResponseBodyError)) throw error;
        if (error.error === 'authorization_pending') return 'pending';
        if (error.error === 'slow_down') return 'slow_down';
        throw error;
      }
    });
  }

  /**
   * What the provider says of the owner of an access token. The provider itself is asked (userinfo), so a token that it
   * did not make or no longer takes is refused. It must be made for this client, as introspection or the token says:
   * one that was given to another program signs nobody in here. A token of the client itself (grant
   * `client_credentials`) has no owner; of that one there is what introspection says.
   */
  async assertionOfAccessToken(accessToken: string): Promise<Assertion> {
    return await this.#ask(async (configuration) => {
      const { introspection_endpoint: canIntrospect } = configuration.serverMetadata();
      let said: Claims = {};
      if (canIntrospect !== undefined && this.settings.client_secret !== undefined) {
        said = { ...(await oidc.tokenIntrospection(configuration, accessToken)) };
        if (said.active !== true) throw refused();
      } else {
        said = payloadOf(accessToken);
      }
      const audience = [said.client_id, said.azp, said.aud].flat();
      if (!audience.includes(this.settings.client_id)) throw refused();
      const subject = typeof said.sub === 'string' ? said.sub : oidc.skipSubjectCheck;
      const person = await oidc.fetchUserInfo(configuration, accessToken, subject).catch((error: unknown) => {
        const isClients =
          said.active === true && said.sub === undefined && error instanceof oidc.WWWAuthenticateChallengeError;
        if (isClients) return {};
        throw error;
      });
      return toAssertion({ ...said, ...person, iss: this.#issuerOf(configuration) });
    });
  }

  async #assertionOf(
    configuration: oidc.Configuration,
    tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>> | oidc.TokenEndpointResponse,
  ): Promise<Assertion> {
    const claims = 'claims' in tokens && typeof tokens.claims === 'function' ? tokens.claims() : undefined;
    if (!claims) throw refused();
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    const more = hasMore ? await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
    return toAssertion({ ...claims, ...more, iss: this.#issuerOf(configuration) });
  }

  #issuerOf(configuration: oidc.Configuration): string {
    return configuration.serverMetadata().issuer;
  }

  async #found(): Promise<oidc.Configuration> {
    return await this.#ask(async (configuration) => configuration);
  }

  /** Every failure of the provider is either its refusal (401) or that it cannot be reached (503). */
  async #ask<T>(work: (configuration: oidc.Configuration) => Promise<T>): Promise<T> {
    try {
      this.#configuration ??= this.#discover();
      return await work(await this.#configuration);
    } catch (error) {
      this.#configuration = undefined;
      if (error instanceof CumuletError) throw error;
      if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
        throw refused(error);
      }
      if (error instanceof oidc.WWWAuthenticateChallengeError) throw refused(error);
      if (error instanceof oidc.ClientError && /INVALID_RESPONSE|JWT|ATTRIBUTE/.test(String(error.code))) {
        throw refused(error);
      }
      throw new OperationalError(
        'unavailable',
        'controller',
        `The identity provider ${this.settings.id} does not answer.`,
        {
          hint: `See whether ${this.settings.issuer} can be reached from the controller.`,
          cause: error,
        },
      );
    }
  }

  #discover(): Promise<oidc.Configuration> {
    const { issuer, client_id, client_secret } = this.settings;
    const isPlain = new URL(issuer).protocol === 'http:';
    return oidc.discovery(
      new URL(issuer),
      client_id,
      undefined,
      client_secret === undefined ? oidc.None() : oidc.ClientSecretBasic(client_secret),
      { timeout: TIMEOUT_SECONDS, execute: isPlain ? [oidc.allowInsecureRequests] : [] },
    );
  }
}

export interface OidcSecrets {
  state: string;
  nonce: string;
  verifier: string;
}
export function newSecrets(): OidcSecrets {
  return { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
}

export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string | null;
  expiresIn: number;
  interval: number;
}

/**
 * Claims as mappings see them: by their own names (members of objects as `realm_access.roles`), and by those Apache's
 * mod_auth_openidc gives them, so that mappings written for Keystone work unchanged. `cumulet_name` and
 * `cumulet_email` are the best there is of a name and an address.
 */
export function toAssertion(claims: Claims): Assertion {
  const assertion = new Map<string, string[]>();
  const add = (name: string, value: unknown): void => {
    const values = [value].flat().filter((each) => ['string', 'number', 'boolean'].includes(typeof each));
    if (values.length > 0) assertion.set(name, values.map(String));
    else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [member, inner] of Object.entries(value)) add(`${name}.${member}`, inner);
    }
  };
  for (const [name, value] of Object.entries(claims)) add(name, value);
  const [subject = ''] = assertion.get('sub') ?? [];
  const [name = subject] = assertion.get('preferred_username') ?? assertion.get('email') ?? assertion.get('name') ?? [];
  const [email = ''] = assertion.get('email') ?? [];
  const named = [...assertion].flatMap(([key, values]): [string, string[]][] => [
    [key, values],
    [`OIDC-${key}`, values],
    [`HTTP_OIDC_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`, values],
  ]);
  return Object.fromEntries([
    ...named,
    // A client that comes for itself has neither.
    ...(subject === '' ? [] : [['REMOTE_USER', [subject]] as const]),
    ...(name === '' ? [] : [['cumulet_name', [name]] as const]),
    ['cumulet_email', [email]],
  ]);
}

/** What a token says of itself; whether that is true, the provider has to say. Empty for tokens that say nothing. */
function payloadOf(token: string): Claims {
  try {
    return Object(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
  } catch {
    return {};
  }
}

function refused(cause?: unknown): UserError {
  if (Object(cause).error === 'access_denied') {
    return new UserError('unauthorized', 'The sign-in was refused at the identity provider.', {
      hint: 'Begin again, and agree there.',
      cause,
    });
  }
  return new UserError('unauthorized', 'The identity provider did not vouch for this sign-in.', {
    hint: 'Begin again. If it goes on, an administrator finds the reason in the log of the provider.',
    cause,
  });
}
