import { useQuery } from '@tanstack/react-query';
import { POWER_STATE } from '../../../../app/contract/machine.ts';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import {
  getServer,
  getServerAccess,
  getServerGuest,
  listServerActions,
  listServers,
} from '../../../api/compute.api.ts';
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

/** No event tells that the guest has changed: asked again this often while it is in view, milliseconds. */
const ASK_GUEST_EVERY_MS = 30_000;

/** What the guest of a machine that runs tells; null asks nobody. */
export function useServerGuest(server: Pick<ServerView, 'id' | 'OS-EXT-STS:power_state'> | null) {
  const id = server?.id ?? '';
  return useQuery({
    queryKey: keys.servers.guest(id),
    queryFn: ({ signal }) => getServerGuest(id, signal),
    enabled: server?.['OS-EXT-STS:power_state'] === POWER_STATE.RUNNING,
    refetchInterval: ASK_GUEST_EVERY_MS,
    refetchIntervalInBackground: false,
    retry: false,
  });
}

export function useServerActions(id: string) {
  return useQuery({ queryKey: keys.servers.actions(id), queryFn: ({ signal }) => listServerActions(id, signal) });
}
