import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listUnclaimed } from '../../../api/v1.api.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

/** What was found and nobody knows, for administrators; events keep it current. */
export function useUnclaimed() {
  const mayList = mayDo('v1:unclaimed:list', useCurrentUser()).allowed;
  return useQuery({ queryKey: keys.unclaimed.all, queryFn: ({ signal }) => listUnclaimed(signal), enabled: mayList });
}
