import { useMemo } from 'react';
import { useCurrentUser } from '../session/use-current-user.ts';
import type { Bounds } from './tightest-bound.ts';
import { useLimits, useQuota } from './use-quota.ts';

/** All that bounds what one adds to the project: its limits, and one's own part of them. */
export function useOwnBounds(): Bounds[] {
  const { id, projectId } = useCurrentUser();
  const ofProject = useLimits().data;
  const own = useQuota({ projectId, userId: id }).data;
  return useMemo(() => {
    const ofPerson = Object.entries(own ?? {}).filter(([, { isOwn }]) => isOwn);
    return [...(ofProject ? [ofProject] : []), Object.fromEntries(ofPerson)];
  }, [ofProject, own]);
}
