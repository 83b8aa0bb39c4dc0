import { useQuery } from '@tanstack/react-query';
import { getServer, getServerAccess, listServerActions, listServers } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** One's own project's, those of every project, or those of one's own that can be restored. */
export type ServerChoice = 'own' | 'all' | 'deleted';

const CHOICES = {
  own: { queryKey: keys.servers.list, asked: {} },
  all: { queryKey: keys.servers.everywhere, asked: { isEverywhere: true } },
  deleted: { queryKey: keys.servers.deleted, asked: { status: 'SOFT_DELETED' } },
} as const;

export function useServersOf(choice: ServerChoice) {
  const { queryKey, asked } = CHOICES[choice];
  return useQuery({ queryKey, queryFn: ({ signal }) => listServers(signal, asked) });
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
