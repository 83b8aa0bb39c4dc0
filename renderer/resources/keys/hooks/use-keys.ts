import { useQuery } from '@tanstack/react-query';
import type { KeypairView } from '../../../../app/contract/openstack.ts';
import { getKeypair, listKeypairs } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';

/** A key as a row: names are what the API knows keys by. */
export interface KeyRow extends Omit<KeypairView, 'id'> {
  id: string;
}

/** One's own keys. */
export function useKeys() {
  return useQuery({
    queryKey: keys.keypairs.list,
    queryFn: ({ signal }) => listKeypairs(signal),
    select: toRows,
  });
}

export function useKey(name: string) {
  return useQuery({ queryKey: keys.keypairs.detail(name), queryFn: ({ signal }) => getKeypair(name, signal) });
}

const toRows = (pairs: KeypairView[]): KeyRow[] => pairs.map((pair) => ({ ...pair, id: pair.name }));
