import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listHosts } from '../../../api/v1.api.ts';

/** The computers that carry machines; events keep them current. */
export function useHosts() {
  return useQuery({ queryKey: keys.hosts.list, queryFn: ({ signal }) => listHosts(signal) });
}
