import type { ApplicationCredentialRecord } from '../credential/credential.tables.ts';
import type { DirectoryRepository, UserRecord } from '../directory/directory.repository.ts';
import { expecting } from '../identity.errors.ts';
import type { LdapAccount, LdapDomainService } from '../ldap/ldap-domain.service.ts';
import type { AccessTokenRecord } from '../oauth/oauth.tables.ts';
import type { OAuthRequest } from '../oauth/oauth-signature.ts';
import type { AuthRequest, UserReference } from './auth.schema.ts';
import type { ResolvedToken } from './token.service.ts';
import type { Federation } from './token.tables.ts';

export interface Attempt {
  identity: AuthRequest['identity'];
  scope: AuthRequest['scope'];
  /** Where it comes from, for the limits on wrong attempts. */
  address: string;
  /** The request itself, for methods by which it is signed. */
  request: OAuthRequest;
}

/** Who was proven, and what the token that follows stands on. */
export interface Proof {
  userId: string;
  /** Proven before: those of the token that was shown. */
  earlierMethods?: readonly string[];
  parent?: ResolvedToken;
  applicationCredential?: ApplicationCredentialRecord;
  federation?: Federation;
  accessToken?: AccessTokenRecord;
}

/** One of `auth.identity.methods`: throws 401 where it proves nothing. */
export type AuthMethod = (attempt: Attempt) => Promise<Proof>;

/** Whom a request names, in an enabled domain; `account` names who is counted where there is none. */
export interface NamedUser {
  user: UserRecord | undefined;
  account: string;
  /** Who knows the password, where that is not this database. */
  isPassword?: LdapAccount['isPassword'];
}

/** Looks users up where they live; 503 where that is an LDAP server that does not answer. */
export class UserFinder {
  readonly #directory: DirectoryRepository;
  readonly #ldap: LdapDomainService;

  constructor(parts: { directory: DirectoryRepository; ldap: LdapDomainService }) {
    this.#directory = parts.directory;
    this.#ldap = parts.ldap;
  }

  async find({ id, name, domain }: UserReference): Promise<NamedUser> {
    if (name === undefined) {
      const user = id === undefined ? undefined : await this.#directory.findUser({ id });
      const found = user && (await this.#directory.findDomain({ id: user.domain_id }));
      const account = `id ${id}`;
      if (!user || !found?.enabled) return { user: undefined, account };
      return { user, account, ...(await this.#ldap.findAccount(user.domain_id, { user })) };
    }
    if (!domain) throw expecting('domain', 'user');
    const account = `name ${domain.id ?? ''} ${domain.name ?? ''} ${name}`;
    const found = await this.#directory.findDomain(domainKey(domain));
    if (!found?.enabled) return { user: undefined, account };
    const elsewhere = await this.#ldap.findAccount(found.id, { name });
    return { account, ...(elsewhere ?? { user: await this.#directory.findUser({ name, domainId: found.id }) }) };
  }
}

export function domainKey(domain: {
  id?: string | undefined;
  name?: string | undefined;
}): { id: string } | { name: string } {
  return domain.name === undefined ? { id: domain.id ?? '' } : { name: domain.name };
}
