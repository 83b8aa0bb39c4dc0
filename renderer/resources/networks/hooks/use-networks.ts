import { useQuery } from '@tanstack/react-query';
import { listNetworks, listPorts, listSubnets } from '../../../api/network.api.ts';
import { keys } from '../../../api/query-keys.ts';

export function useNetworks() {
  return useQuery({ queryKey: keys.networks.list, queryFn: ({ signal }) => listNetworks(signal) });
}

export function useSubnets() {
  return useQuery({ queryKey: keys.networks.subnets, queryFn: ({ signal }) => listSubnets(signal) });
}

export function usePorts(filter: { network_id?: string; device_id?: string }) {
  return useQuery({ queryKey: keys.networks.ports(filter), queryFn: ({ signal }) => listPorts(filter, signal) });
}
