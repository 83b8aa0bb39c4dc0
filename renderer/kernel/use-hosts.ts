import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { listHosts } from '../api/v1.api.ts';
import { mayDo } from '../session/rights.ts';
import { useCurrentUser } from '../session/use-current-user.ts';

/** The computers that carry machines; events keep them current. */
export function useHosts() {
  const mayList = mayDo('v1:hosts:list', useCurrentUser()).allowed;
  return useQuery({ queryKey: keys.hosts.list, queryFn: ({ signal }) => listHosts(signal), enabled: mayList });
}
