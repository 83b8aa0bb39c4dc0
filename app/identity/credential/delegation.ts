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

/** What is made by a trust's token would outlive the trust. */
export function assertNoTrust({ trust }: ResolvedToken): void {
  if (!trust) return;
  throw new UserError('forbidden', 'Cannot manage application credentials with a token issued via delegation.');
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

/** A delegated token reaches its own project's credentials only, never those of the person (TOTP). */
export function assertInProject(caller: ResolvedToken, projectId: string | null): void {
  const isDelegated = caller.trust !== null || caller.applicationCredential !== null;
  if (!isDelegated || caller.project?.id === projectId) return;
  throw notAuthorized('Credential project does not match the project scope of the delegated token');
}
