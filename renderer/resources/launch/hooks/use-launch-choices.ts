import { useQuery } from '@tanstack/react-query';
import { listFlavors, listKeypairs } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { listCatalog } from '../../../api/v1.api.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useImages } from '../../images/hooks/use-images.ts';
import { useServer, useServers } from '../../machines/hooks/use-servers.ts';
import { useNetworks } from '../../networks/hooks/use-networks.ts';
import { findLaunch, useLaunchStore } from '../launch.store.ts';
import { draftOf, type LaunchValues } from '../launch-form.ts';

/** All that one can choose from when launching, each read once and kept current by events. */
export function useLaunchChoices() {
  const images = useImages();
  const catalog = useQuery({ queryKey: keys.catalog.list, queryFn: ({ signal }) => listCatalog(signal) });
  const flavors = useOfferedFlavors();
  const keypairs = useQuery({ queryKey: keys.keypairs.list, queryFn: ({ signal }) => listKeypairs(signal) });
  const networks = useNetworks();
  const servers = useServers();
  return { images, catalog, flavors, keypairs, networks, servers };
}

function useOfferedFlavors() {
  const { isAdmin } = useCurrentUser();
  return useQuery({ queryKey: keys.flavors.list, queryFn: ({ signal }) => listFlavors(isAdmin, signal) });
}

/** How a launch that failed (its id, or its machine's) was filled in: as this window knows it, else as the machine tells. */
export function useLaunchDraft(again: string | undefined): { draft: LaunchValues | undefined; isPending: boolean } {
  const launch = useLaunchStore(({ launches }) => findLaunch(launches, again));
  const server = useServer(again === undefined || launch ? null : again);
  const flavors = useOfferedFlavors();
  if (again === undefined || launch || server.isError) return { draft: launch?.values, isPending: false };
  if (!server.data || !flavors.data) return { draft: undefined, isPending: true };
  return { draft: draftOf(server.data, flavors.data), isPending: false };
}
