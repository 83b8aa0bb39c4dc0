import { useQuery } from '@tanstack/react-query';
import { listFlavors, listKeypairs } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { listCatalog } from '../../../api/v1.api.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useImages } from '../../images/hooks/use-images.ts';
import { useServers } from '../../machines/hooks/use-servers.ts';
import { useNetworks } from '../../networks/hooks/use-networks.ts';

/** All that one can choose from when launching, each read once and kept current by events. */
export function useLaunchChoices() {
  const { isAdmin } = useCurrentUser();
  const images = useImages();
  const catalog = useQuery({ queryKey: keys.catalog.list, queryFn: ({ signal }) => listCatalog(signal) });
  const flavors = useQuery({ queryKey: keys.flavors.list, queryFn: ({ signal }) => listFlavors(isAdmin, signal) });
  const keypairs = useQuery({ queryKey: keys.keypairs.list, queryFn: ({ signal }) => listKeypairs(signal) });
  const networks = useNetworks();
  const servers = useServers();
  return { images, catalog, flavors, keypairs, networks, servers };
}
