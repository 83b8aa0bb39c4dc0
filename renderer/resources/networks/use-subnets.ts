import { useQuery } from '@tanstack/react-query';
import { listSubnets, type SubnetView } from '../../api/network.api.ts';

/** The address ranges of all networks one sees, by network; refreshed with them. */
export function useSubnetsByNetwork(): Map<string, SubnetView[]> | undefined {
  return useQuery({
    queryKey: ['networks', 'subnets'],
    queryFn: ({ signal }) => listSubnets(signal),
    select: byNetwork,
  }).data;
}

function byNetwork(subnets: SubnetView[]): Map<string, SubnetView[]> {
  return Map.groupBy(subnets, ({ network_id }) => network_id);
}
