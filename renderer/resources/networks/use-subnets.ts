import { useQuery } from '@tanstack/react-query';
import { listSubnets } from '../../api/network.api.ts';

/** Of all networks one sees, refreshed with them. */
export function useSubnets() {
  return useQuery({ queryKey: ['networks', 'subnets'], queryFn: ({ signal }) => listSubnets(signal) });
}
