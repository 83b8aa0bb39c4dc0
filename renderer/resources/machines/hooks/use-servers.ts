import { useQuery } from '@tanstack/react-query';
import { getServer, getServerAccess, listServerActions, listServers } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** Those of every project while `isEverywhere`, else those of one's own. */
export function useServersOf({ isEverywhere }: { isEverywhere: boolean }) {
  return useQuery({
    queryKey: isEverywhere ? keys.servers.everywhere : keys.servers.list,
    queryFn: ({ signal }) => listServers(signal, isEverywhere),
  });
}

/** Null reads nothing. */
export function useServer(id: string | null) {
  return useQuery({
    queryKey: keys.servers.detail(id ?? ''),
    queryFn: ({ signal }) => getServer(id ?? '', signal),
    enabled: id !== null,
  });
}

/** Ports of the host that lead into the guest, and the account its image lets in. */
export function useServerAccess(id: string) {
  return useQuery({ queryKey: keys.servers.access(id), queryFn: ({ signal }) => getServerAccess(id, signal) });
}

export function useServerActions(id: string) {
  return useQuery({ queryKey: keys.servers.actions(id), queryFn: ({ signal }) => listServerActions(id, signal) });
}
