import { useQuery } from '@tanstack/react-query';
import { listServers } from '../api/compute.api.ts';
import { keys } from '../api/query-keys.ts';

/** All machines of the project, which much else hangs on; events keep them current. */
export function useServers() {
  return useQuery({ queryKey: keys.servers.list, queryFn: ({ signal }) => listServers(signal) });
}
