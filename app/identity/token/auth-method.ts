import type { ApplicationCredentialRecord } from '../credential/application-credential.repository.ts';
import type { DirectoryRepository, UserRecord } from '../directory/directory.repository.ts';
import { expecting } from '../identity.errors.ts';
import type { AuthRequest, UserReference } from './auth.schema.ts';
import type { Federation } from './token.repository.ts';
import type { ResolvedToken } from './token.service.ts';

export interface Attempt {
  identity: AuthRequest['identity'];
  scope: AuthRequest['scope'];
  /** Where it comes from, for the limits on wrong attempts. */
  address: string;
}

/** Who was proven, and what the token that follows stands on. */
export interface Proof {
  userId: string;
  /** Proven before: those of the token that was shown. */
  earlierMethods?: readonly string[];
  parent?: ResolvedToken;
  applicationCredential?: ApplicationCredentialRecord;
  federation?: Federation;
}

/** One of `auth.identity.methods`: throws 401 where it proves nothing. */
export type AuthMethod = (attempt: Attempt) => Promise<Proof>;

/** The user a request names, in an enabled domain; `account` names who is counted where there is none. */
export async function findNamedUser(
  directory: DirectoryRepository,
  { id, name, domain }: UserReference,
): Promise<{ user: UserRecord | undefined; account: string }> {
  if (name === undefined) {
    const user = id === undefined ? undefined : await directory.findUser({ id });
    const found = user && (await directory.findDomain({ id: user.domain_id }));
    return { user: found?.enabled ? user : undefined, account: `id ${id}` };
  }
  if (!domain) throw expecting('domain', 'user');
  const found = await directory.findDomain(domainKey(domain));
  const user = found?.enabled ? await directory.findUser({ name, domainId: found.id }) : undefined;
  return { user, account: `name ${domain.id ?? ''} ${domain.name ?? ''} ${name}` };
}

export function domainKey(domain: {
  id?: string | undefined;
  name?: string | undefined;
}): { id: string } | { name: string } {
  return domain.name === undefined ? { id: domain.id ?? '' } : { name: domain.name };
}
