import { useMemo } from 'react';
import { type CurrentUser, toCurrentUser, useSession } from '../api/session.ts';
import { useRights } from './use-rights.ts';

const NOBODY: CurrentUser = { id: '', name: '', projectId: '', projectName: '', roles: [], isAdmin: false, rights: {} };
const NO_RIGHTS = {};

/** Who is signed in; nobody, with no rights, on the pages outside the frame. */
export function useCurrentUser(): CurrentUser {
  const session = useSession();
  const { data: rights = NO_RIGHTS } = useRights();
  return useMemo(() => (session ? toCurrentUser(session, rights) : NOBODY), [session, rights]);
}
