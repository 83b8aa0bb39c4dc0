import { UserError } from '../../contract/errors.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { OAuthRepository } from '../oauth/oauth.repository.ts';
import type { ResolvedToken, TokenService } from '../token/token.service.ts';
import type { ApplicationCredentialRepository } from './application-credential.repository.ts';
import { timeOf } from './aws-signature.ts';
import type { CredentialRepository } from './credential.repository.ts';
import type { SignedRequest } from './credential.schema.ts';
import { ec2CredentialId, parseEc2Blob } from './credential.service.ts';
import { isUsable, type TrustRepository } from './trust.repository.ts';

/** Keystone's `[credential] auth_ttl`. */
const MAX_AGE_MS = 15 * 60_000;

/** Tokens for requests signed with EC2 keys, which the services that got those requests ask for. */
export class Ec2TokenService {
  readonly #credentials: CredentialRepository;
  readonly #trusts: TrustRepository;
  readonly #applicationCredentials: ApplicationCredentialRepository;
  readonly #oauth: OAuthRepository;
  readonly #tokens: TokenService;
  readonly #now: () => number;

  constructor(parts: {
    credentials: CredentialRepository;
    trusts: TrustRepository;
    applicationCredentials: ApplicationCredentialRepository;
    oauth: OAuthRepository;
    tokens: TokenService;
    now: () => number;
  }) {
    this.#credentials = parts.credentials;
    this.#trusts = parts.trusts;
    this.#applicationCredentials = parts.applicationCredentials;
    this.#oauth = parts.oauth;
    this.#tokens = parts.tokens;
    this.#now = parts.now;
  }

  /** For no more than what the keys were made with: those of a trust, application credential or OAuth stay within it. */
  async issue(
    request: SignedRequest,
    isSignatureRight: (request: SignedRequest, secret: string) => boolean,
  ): Promise<{ token: string; resolved: ResolvedToken }> {
    if (request.access === undefined) throw new UserError('unauthorized', 'EC2 Signature not supplied');
    const credential = await this.#credentials.find(ec2CredentialId(request.access));
    if (credential?.type !== 'ec2' || credential.project_id === null) {
      throw new UserError('not_found', 'EC2 access key not found.');
    }
    const keys = parseEc2Blob(credential.blob);
    if (keys.secret === '' || !isSignatureRight(request, keys.secret)) {
      throw new UserError('unauthorized', 'Invalid EC2 signature.');
    }
    this.#assertFresh(timeOf(request));
    const trust = keys.trust_id ? await this.#trusts.find(keys.trust_id) : undefined;
    if (keys.trust_id && (!trust || !isUsable(trust, this.#now()))) throw notAuthenticated();
    const by = keys.app_cred_id ? { id: keys.app_cred_id } : undefined;
    const applicationCredential = by && (await this.#applicationCredentials.find(by));
    if (by && !applicationCredential) throw notAuthenticated();
    const accessToken = keys.access_token_id ? await this.#oauth.findAccessToken(keys.access_token_id) : undefined;
    if (keys.access_token_id && !accessToken) throw notAuthenticated();
    const fixed = applicationCredential ?? accessToken;
    const projectId = trust?.project_id ?? fixed?.project_id ?? credential.project_id;
    if (projectId !== credential.project_id) {
      throw new UserError('unauthorized', 'EC2 credential project does not match what it was made with.');
    }
    const issued = await this.#tokens.issue({
      userId: trust ? (trust.impersonation ? trust.trustor_user_id : trust.trustee_user_id) : credential.user_id,
      scope: { type: 'project', id: credential.project_id },
      methods: ['ec2credential'],
      parent: null,
      credentialId: credential.id,
      ...(trust && { trust }),
      ...(applicationCredential && { applicationCredential }),
      ...(accessToken && { accessToken }),
    });
    if (!issued) throw notAuthenticated();
    return issued;
  }

  /** As Keystone, a request that was signed without a time has none to be judged by. */
  #assertFresh(time: string | undefined): void {
    if (time === undefined) return;
    const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
    const text = time.replace(basic, '$1-$2-$3T$4:$5:$6Z');
    const signedAt = Date.parse(/[Zz]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(signedAt)) throw new UserError('unauthorized', 'Credential timestamp is invalid');
    if (Math.abs(this.#now() - signedAt) > MAX_AGE_MS) throw new UserError('unauthorized', 'Credential is expired');
  }
}
