import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listCatalog } from '../../../api/v1.api.ts';
import type { Resource } from '../../../kernel/resource.ts';
import { useServers } from '../../../kernel/use-servers.ts';
import { useThings } from '../../../kernel/use-things.ts';
import { flavors as flavorsResource } from '../../flavors/flavors.resource.tsx';
import { useImages } from '../../images/hooks/use-images.ts';
import { keys as keysResource } from '../../keys/keys.resource.tsx';
import { useServer } from '../../machines/hooks/use-servers.ts';
import { networks as networksResource } from '../../networks/networks.resource.tsx';
import { serverGroups } from '../../server-groups/server-groups.resource.tsx';
import { findLaunch, useLaunchStore } from '../launch.store.ts';
import { draftOf, type LaunchValues } from '../launch-form.ts';

/** All that one can choose from when launching, each read once and kept current by events. */
export function useLaunchChoices() {
  const images = useImages();
  const catalog = useQuery({ queryKey: keys.catalog.list, queryFn: ({ signal }) => listCatalog(signal) });
  const flavors = useOffered(flavorsResource);
  const keypairs = useOffered(keysResource);
  const networks = useOffered(networksResource);
  const groups = useOffered(serverGroups);
  const servers = useServers();
  return { images, catalog, flavors, keypairs, networks, groups, servers };
}

/** All of a resource, in the form of the other choices. */
function useOffered<T extends { id: string }>(resource: Resource<T>) {
  const { things: data, error, retry: refetch } = useThings(resource, { isAllAsked: true });
  return { data, error, refetch, isSuccess: data !== undefined };
}

/** How a launch that failed (its id, or its machine's) was filled in: as this window knows it, else as the machine tells. */
export function useLaunchDraft(again: string | undefined): { draft: LaunchValues | undefined; isPending: boolean } {
  const launch = useLaunchStore(({ launches }) => findLaunch(launches, again));
  const server = useServer(again === undefined || launch ? null : again);
  const flavors = useOffered(flavorsResource);
  if (again === undefined || launch || server.isError) return { draft: launch?.values, isPending: false };
  if (!server.data || !flavors.data) return { draft: undefined, isPending: true };
  return { draft: draftOf(server.data, flavors.data), isPending: false };
}
