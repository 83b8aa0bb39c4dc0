import { createContext, type ReactNode, useCallback, useContext } from 'react';
import type { ServerView } from '../../app/contract/openstack.ts';
import type { HostView } from '../../app/contract/v1.ts';
import { areAllAway, isOnAwayHost } from './host-away.ts';
import { useHosts } from './use-hosts.ts';

type IsAway = (server: ServerView) => boolean;
const AwayContext = createContext<IsAway>(() => false);
const AllAwayContext = createContext(false);
const NO_HOSTS: HostView[] = [];

/** One look-up for all rows of all lists: whose host cannot be reached just now. */
export function AwayHostsProvider({ children }: { children: ReactNode }) {
  const { data } = useHosts();
  const hosts = data ?? NO_HOSTS;
  const isAway = useCallback<IsAway>((server) => isOnAwayHost(server, hosts), [hosts]);
  return (
    <AwayContext value={isAway}>
      <AllAwayContext value={areAllAway(data)}>{children}</AllAwayContext>
    </AwayContext>
  );
}

/** Whether a machine's host is away: what is known of the machine may be old. Another function once a host changes. */
export function useIsAway(): IsAway {
  return useContext(AwayContext);
}

/** Whether it is known that no host can be reached. */
export function useAreAllAway(): boolean {
  return useContext(AllAwayContext);
}
