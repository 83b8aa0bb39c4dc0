import { useQuery } from '@tanstack/react-query';
import { getServer, listServers } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** All machines of the project; events keep them current. */
export function useServers() {
  return useQuery({ queryKey: keys.servers.list, queryFn: ({ signal }) => listServers(signal) });
}

export function useServer(id: string) {
  return useQuery({ queryKey: keys.servers.detail(id), queryFn: ({ signal }) => getServer(id, signal) });
}
