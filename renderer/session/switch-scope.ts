import { revokeToken, type Scope, scopeTo } from '../api/identity.api.ts';
import { beginSession, endSession, readSession } from '../api/session.ts';

/** Goes on as the same person in another project or domain, or with the whole system; the page stays. */
export async function switchScope(scope: Scope): Promise<void> {
  const before = readSession();
  if (!before) return;
  const session = await scopeTo(before, scope);
  // Signed out meanwhile: what came too late is given back.
  if (readSession()?.token !== before.token) return await revokeToken(session.token);
  beginSession(session);
  // With one of these the new token would end too.
  const roots = [before.unscopedToken, before.rootToken];
  if (!roots.includes(before.token)) await revokeToken(before.token);
}

/** The tokens die on the controller too: all hang from the first. */
export async function signOut(): Promise<void> {
  const session = readSession();
  endSession('signed-out');
  if (session) await revokeToken(session.rootToken);
}
