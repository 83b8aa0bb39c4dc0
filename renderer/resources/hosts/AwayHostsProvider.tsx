import { createContext, type ReactNode, useCallback, useContext } from 'react';
import type { ServerView } from '../../../app/contract/openstack.ts';
import type { HostView } from '../../../app/contract/v1.ts';
import { useHosts } from './hooks/use-hosts.ts';
import { isOnAwayHost } from './host-away.ts';

type IsAway = (server: ServerView) => boolean;
const AwayContext = createContext<IsAway>(() => false);
const NO_HOSTS: HostView[] = [];

/** One look-up for all rows of all lists: whose host cannot be reached just now. */
export function AwayHostsProvider({ children }: { children: ReactNode }) {
  const { data: hosts = NO_HOSTS } = useHosts();
  const isAway = useCallback<IsAway>((server) => isOnAwayHost(server, hosts), [hosts]);
  return <AwayContext value={isAway}>{children}</AwayContext>;
}

/** Whether a machine's host is away: what is known of the machine may be old. Another function once a host changes. */
export function useIsAway(): IsAway {
  return useContext(AwayContext);
}
