import type { KeypairView } from '../../../app/contract/openstack.ts';

/** A key as a row: names are what the API knows keys by. */
export interface KeyRow extends Omit<KeypairView, 'id'> {
  id: string;
}

export function toKeyRow(pair: KeypairView): KeyRow {
  return { ...pair, id: pair.name };
}
