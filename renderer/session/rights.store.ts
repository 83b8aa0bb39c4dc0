import { create } from 'zustand';
import { readSession, useSessionStore } from '../api/session.ts';
import { getRights, type Rights } from '../api/v1.api.ts';

/** What the rules of the controller let the token do; null until they are known. */
export const useRightsStore = create<{ rights: Rights | null }>(() => ({ rights: null }));

async function load(token: string): Promise<void> {
  // Without an answer the roles decide what is offered; the controller decides what is done in any case.
  const rights = await getRights().catch(() => null);
  if (readSession()?.token === token) useRightsStore.setState({ rights });
}

function follow(token: string | undefined): void {
  useRightsStore.setState({ rights: null });
  if (token !== undefined) void load(token);
}

follow(readSession()?.token);
useSessionStore.subscribe(({ session }, before) => {
  if (session?.token !== before.session?.token) follow(session?.token);
});
