import { useMemo } from 'react';
import { type CurrentUser, toCurrentUser, useSession } from '../api/session.ts';

const NOBODY: CurrentUser = { id: '', name: '', projectId: '', projectName: '', roles: [], isAdmin: false };

/** Who is signed in; nobody, with no rights, on the pages outside the frame. */
export function useCurrentUser(): CurrentUser {
  const session = useSession();
  return useMemo(() => (session ? toCurrentUser(session) : NOBODY), [session]);
}
