import { notAuthenticated, notAuthorized } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { OAuthRequest } from '../oauth/oauth-signature.ts';
import type { AuthRequest } from './auth.schema.ts';
import type { AuthMethod, Proof } from './auth-method.ts';
import type { ReceiptService } from './receipt.service.ts';
import type { ScopeFinder } from './scope-finder.ts';
import type { ResolvedToken } from './token.service.ts';

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'tokens'> {
  receipts: ReceiptService;
  scopes: ScopeFinder;
  methods: Map<string, AuthMethod>;
  /** Further names that rules of users may ask for: identity providers prove by them. */
  provenElsewhere: readonly string[];
}

/** `POST /v3/auth/tokens`: proves who it is, finds the scope, issues the token. Every failure reads the same. */
export class SignInService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Lets users be proven by one more of `auth.identity.methods`. */
  addMethod(name: string, method: AuthMethod): void {
    this.#parts.methods.set(name, method);
  }

  /** `receipt` is what an earlier step was answered with; throws `MoreMethodsNeeded` where the user's rules ask so. */
  async signIn(
    auth: AuthRequest,
    { address, request, receipt }: { address: string; request: OAuthRequest; receipt: string | null },
  ): Promise<{ token: string; resolved: ResolvedToken }> {
    const names = [...new Set(auth.identity.methods)];
    const methods = names.map((name) => this.#parts.methods.get(name));
    const proof: Partial<Proof> = {};
    const proven = new Set(names);
    for (const method of methods) {
      if (!method) throw notAuthenticated();
      const { earlierMethods = [], ...next } = await method({
        identity: auth.identity,
        scope: auth.scope,
        address,
        request,
      });
      // Two methods in one request must prove the same user.
      if (proof.userId !== undefined && proof.userId !== next.userId) throw notAuthenticated();
      Object.assign(proof, next);
      for (const name of earlierMethods) proven.add(name);
    }
    const { userId, parent, applicationCredential, federation, accessToken } = proof;
    if (userId === undefined) throw notAuthenticated();
    const fixed = applicationCredential ?? accessToken;
    const found = fixed
      ? { scope: { type: 'project' as const, id: fixed.project_id } }
      : await this.#parts.scopes.find(auth.scope, userId);
    if (receipt !== null) {
      for (const name of await this.#parts.receipts.methodsOf(receipt, userId)) proven.add(name);
    }
    await this.assertEnough(userId, proven);
    const trust = 'trust' in found ? found.trust : undefined;
    const issued = await this.#parts.tokens.issue({
      userId: trust?.impersonation ? trust.trustor_user_id : userId,
      scope: found.scope,
      methods: [...proven],
      parent: parent?.record ?? null,
      ...(trust && { trust }),
      ...(applicationCredential && { applicationCredential }),
      ...(federation && { federation }),
      ...(accessToken && { accessToken }),
    });
    if (!issued) throw trust ? notAuthorized() : notAuthenticated();
    if (receipt !== null) await this.#parts.database.transaction((trx) => this.#parts.receipts.drop(trx, receipt));
    return issued;
  }

  /** Of everybody, wherever they were proven: throws `MoreMethodsNeeded` where the user's rules ask for more. */
  async assertEnough(userId: string, proven: ReadonlySet<string>): Promise<void> {
    const user = await this.#parts.directory.findUser({ id: userId });
    const domain = user && (await this.#parts.directory.findDomain({ id: user.domain_id }));
    if (!user || !domain) throw notAuthenticated();
    const known = new Set([...this.#parts.methods.keys(), ...this.#parts.provenElsewhere]);
    await this.#parts.receipts.assertEnough(user, domain, proven, known);
  }
}
