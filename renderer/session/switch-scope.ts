import { revokeTokens, type Scope, scopeTo } from '../api/identity.api.ts';
import { beginSession, endSession, readSession } from '../api/session.ts';

/** Goes on as the same person in another project or domain, or with the whole system; the page stays. */
export async function switchScope(scope: Scope): Promise<void> {
  const before = readSession();
  if (!before) return;
  const session = await scopeTo(before.unscopedToken, scope);
  // Signed out meanwhile: what came too late is given back.
  if (readSession()?.token !== before.token) return await revokeTokens([session.token]);
  beginSession(session);
  if (before.token !== before.unscopedToken) await revokeTokens([before.token]);
}

/** The tokens die on the controller too. */
export async function signOut(): Promise<void> {
  const session = readSession();
  endSession('signed-out');
  if (session) await revokeTokens([session.token, session.unscopedToken]);
}
