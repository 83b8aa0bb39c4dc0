import { UserError } from '../../contract/errors.ts';
import type { ApiRequest } from '../../http/route.ts';
import { notAuthenticated, notAuthorized } from '../identity.errors.ts';
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

/** The token stands for less than its user: it came by a trust, an application credential or OAuth. */
export function isDelegated({ trust, applicationCredential, accessToken }: ResolvedToken): boolean {
  return trust !== null || applicationCredential !== null || accessToken !== null;
}

/** What is made by a trust's or OAuth's token would outlive it. Of application credentials see the next. */
export function assertNoTrustOrOAuth({ trust, accessToken }: ResolvedToken): void {
  if (!trust && !accessToken) return;
  throw new UserError('forbidden', 'Cannot manage application credentials with a token issued via delegation.');
}

export function assertNotDelegated(caller: ResolvedToken, action: string): void {
  if (isDelegated(caller)) throw new UserError('forbidden', `Cannot ${action} with a token issued via delegation.`);
}

export function assertUnrestricted({ applicationCredential }: ResolvedToken, things: string): void {
  if (!applicationCredential || applicationCredential.unrestricted) return;
  throw notAuthorized(`Using method 'application_credential' is not allowed for managing additional ${things}.`);
}

/** Trusts are no matter of application credentials at all, restricted or not. */
export function assertNoApplicationCredential({ applicationCredential }: ResolvedToken): void {
  if (!applicationCredential) return;
  throw notAuthorized("Using method 'application_credential' is not allowed for managing trusts.");
}

export function assertNoOAuth({ accessToken }: ResolvedToken): void {
  if (accessToken) throw notAuthorized('Redelegation allowed for delegated by trust only');
}

/** A delegated token reaches its own project's credentials only, never those of the person (TOTP). */
export function assertInProject(caller: ResolvedToken, projectId: string | null): void {
  if (!isDelegated(caller) || caller.project?.id === projectId) return;
  throw notAuthorized('Credential project does not match the project scope of the delegated token');
}
