import { create } from 'zustand';
import { desktop } from './desktop.ts';

export interface Named {
  id: string;
  name: string;
}

/** Who is signed in, and for what: one of a project, a domain and the whole system, or nothing of these. */
export interface Session {
  token: string;
  /** A token for nothing in particular, with which others are got: one for the system leads nowhere else. */
  unscopedToken: string;
  /** What the sign-in gave. All others were made of it and end with it. */
  rootToken: string;
  expiresAt: string;
  user: Named & { domain: Named };
  /** Null for people who have no role in any project (yet), and while they look after a domain or the system. */
  project: (Named & { domain: Named }) | null;
  domain: Named | null;
  isSystem: boolean;
  roles: string[];
}

/** The signed-in person as rights ask about them: `can(user, verb, thing)`. */
export interface CurrentUser {
  id: string;
  name: string;
  projectId: string;
  projectName: string;
  roles: readonly string[];
  isAdmin: boolean;
  /** By policy rule; see session/rights.ts. */
  rights: Readonly<Record<string, Right>>;
}

export interface Right {
  allowed: boolean;
  /** The least role that would allow it. */
  needs: string | null;
}

interface SessionState {
  session: Session | null;
  /** Why there is none: to say so on the sign-in page. */
  ended: 'expired' | 'signed-out' | null;
}

const STORAGE_KEY = 'cumulet.session';

export const useSessionStore = create<SessionState>(() => ({ session: null, ended: null }));

export function readSession(): Session | null {
  return useSessionStore.getState().session;
}

export function useSession(): Session | null {
  return useSessionStore((state) => state.session);
}

export function toCurrentUser(session: Session, rights: CurrentUser['rights']): CurrentUser {
  return {
    id: session.user.id,
    name: session.user.name,
    projectId: session.project?.id ?? '',
    projectName: session.project?.name ?? '',
    roles: session.roles,
    isAdmin: session.roles.includes('admin'),
    rights,
  };
}

/** Takes up the sign-in of this tab, or the one kept in the desktop's keychain. */
export async function restoreSession(): Promise<void> {
  const kept = parseSession(sessionStorage.getItem(STORAGE_KEY));
  const session = kept ?? parseSession((await desktop()?.invoke('keychain:load')) ?? null);
  if (session) beginSession(session);
}

/** A tab keeps its sign-in until it closes; the desktop app keeps it in the keychain instead of the disk. */
export function beginSession(session: Session): void {
  useSessionStore.setState({ session, ended: null });
  const text = JSON.stringify(session);
  sessionStorage.setItem(STORAGE_KEY, text);
  void desktop()?.invoke('keychain:save', text);
}

export function endSession(why: 'expired' | 'signed-out'): void {
  if (readSession() === null) return;
  sessionStorage.removeItem(STORAGE_KEY);
  void desktop()?.invoke('keychain:clear');
  useSessionStore.setState({ session: null, ended: why });
}

export function parseSession(text: string | null): Session | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Session>;
    const complete =
      value.token &&
      value.unscopedToken &&
      value.rootToken &&
      value.expiresAt &&
      value.user &&
      value.project !== undefined &&
      value.roles;
    if (!complete || Date.parse(value.expiresAt ?? '') <= Date.now()) return null;
    return value as Session;
  } catch {
    return null;
  }
}
