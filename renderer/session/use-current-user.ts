import { useMemo } from 'react';
import { type CurrentUser, toCurrentUser, useSession } from '../api/session.ts';
import { useRightsStore } from './rights.store.ts';

const NOBODY: CurrentUser = { id: '', name: '', projectId: '', projectName: '', roles: [], isAdmin: false };

/** Who is signed in; nobody, with no rights, on the pages outside the frame. */
export function useCurrentUser(): CurrentUser {
  const session = useSession();
  const rights = useRightsStore((state) => state.rights);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object when rights are known, so that what asks about them renders again
  return useMemo(() => (session ? toCurrentUser(session) : NOBODY), [session, rights]);
}
