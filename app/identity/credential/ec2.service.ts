import { UserError } from '../../contract/errors.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { IdentitySettings } from '../identity.settings.ts';
import type { OAuthRepository } from '../oauth/oauth.repository.ts';
import type { ResolvedToken } from '../token/token.service.ts';
import type { ApplicationCredentialRepository } from './application-credential.repository.ts';
import type { Signatures } from './aws-signature.ts';
import type { Credentials } from './credential.resource.ts';
import type { SignedRequest } from './credential.schema.ts';
import type { TrustRecord } from './credential.tables.ts';
import { ec2CredentialId, parseEc2Keys } from './ec2-keys.ts';
import { isUsable, type TrustRepository } from './trust.repository.ts';

interface Parts extends Pick<IdentityParts, 'tokens' | 'now'> {
  credentials: Credentials;
  trusts: TrustRepository;
  applicationCredentials: ApplicationCredentialRepository;
  oauth: OAuthRepository;
  settings: IdentitySettings['credential'];
}

/** Tokens for requests signed with EC2 keys, which the services that got those requests ask for. */
export class Ec2TokenService {
  readonly #parts: Parts;
  /** How far from now the signed time may be. */
  readonly #maxAge: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#maxAge = parts.settings.auth_ttl * 60_000;
  }

  /** For no more than what the keys were made with: those of a trust, application credential or OAuth stay within it. */
  async issue(request: SignedRequest, signatures: Signatures): Promise<{ token: string; resolved: ResolvedToken }> {
    if (request.access === undefined) throw new UserError('unauthorized', 'EC2 Signature not supplied');
    const credential = await this.#parts.credentials.find(ec2CredentialId(request.access));
    if (credential?.type !== 'ec2' || credential.project_id === null) {
      throw new UserError('not_found', 'EC2 access key not found.');
    }
    const keys = parseEc2Keys(credential.blob);
    if (keys.secret === '' || !signatures.isRight(request, keys.secret)) {
      throw new UserError('unauthorized', 'Invalid EC2 signature.');
    }
    this.#assertFresh(signatures.timeOf(request));
    const chain = keys.trust_id ? await this.#parts.trusts.chain(keys.trust_id) : [];
    const [trust] = chain;
    if (keys.trust_id && !(trust && chain.every((one) => isUsable(one, this.#parts.now())))) throw notAuthenticated();
    const by = keys.app_cred_id ? { id: keys.app_cred_id } : undefined;
    const applicationCredential = by && (await this.#parts.applicationCredentials.find(by));
    if (by && !applicationCredential) throw notAuthenticated();
    const accessToken = keys.access_token_id
      ? await this.#parts.oauth.findAccessToken(keys.access_token_id)
      : undefined;
    if (keys.access_token_id && !accessToken) throw notAuthenticated();
    const fixed = applicationCredential ?? accessToken;
    const projectId = trust?.project_id ?? fixed?.project_id ?? credential.project_id;
    if (projectId !== credential.project_id) {
      throw new UserError('unauthorized', 'EC2 credential project does not match what it was made with.');
    }
    const userId = trust ? standIn(trust) : (fixed?.user_id ?? credential.user_id);
    // Whoever wrote the id of somebody else's delegation into their own keys is not let in by it.
    if (userId !== credential.user_id) throw notAuthenticated();
    const issued = await this.#parts.tokens.issue({
      userId,
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
    if (Math.abs(this.#parts.now() - signedAt) > this.#maxAge)
      throw new UserError('unauthorized', 'Credential is expired');
  }
}

/** Whom tokens of the trust stand for, who is also whose the keys are that were made with one. */
function standIn({ impersonation, trustor_user_id, trustee_user_id }: TrustRecord): string {
  return impersonation ? trustor_user_id : trustee_user_id;
}
