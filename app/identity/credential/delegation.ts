import type { Delegation } from '../../contract/context.ts';
import type { ApiRequest } from '../../http/route.ts';
import { notAuthenticated } from '../identity.errors.ts';
import type { ResolvedToken, TokenService } from '../token/token.service.ts';

/** What the caller's token stands for, whole: the context only has what every service needs. */
export async function callerOf(
  { tokens }: { tokens: TokenService },
  { token }: Pick<ApiRequest<unknown, unknown>, 'token'>,
): Promise<ResolvedToken> {
  const resolved = token === null ? undefined : await tokens.validate(token);
  if (!resolved) throw notAuthenticated();
  return resolved;
}

/** How the token came to stand for its user, where they did not sign in themselves or by one factor of several only. */
export function delegationsOf({ record, trust, applicationCredential, accessToken }: ResolvedToken): Delegation[] {
  const ways: Record<Delegation, boolean> = {
    application_credential: applicationCredential?.unrestricted === false,
    unrestricted_application_credential: applicationCredential?.unrestricted === true,
    trust: trust !== null,
    oauth1: accessToken !== null,
    ec2: record.credentialId !== null,
    totp: isSecondFactorOnly(record.methods),
    federation: record.federation !== null,
  };
  return (Object.keys(ways) as Delegation[]).filter((way) => ways[way]);
}

/** Nothing was proven but a one-time code; `token` says only that it was proven before. */
export function isSecondFactorOnly(methods: Iterable<string>): boolean {
  const proven = [...methods].filter((name) => name !== 'token');
  return proven.length > 0 && proven.every((name) => name === 'totp');
}
