import type { AddressPair } from './network.tables.ts';
import { neutronFault } from './neutron.errors.ts';

export interface WantedPair {
  ip_address: string;
  /** Undefined: that of the port. */
  mac_address?: string | undefined;
}

/** As they are stored. Nothing is filtered on a port, and its network carries whatever address a machine uses: each holds. */
export function pairsOf(pairs: readonly WantedPair[], mac: string, at: string): AddressPair[] {
  const stored = pairs.map(({ ip_address, mac_address = mac }) => ({
    ip_address,
    mac_address: mac_address.toLowerCase(),
  }));
  const distinct = new Set(stored.map(({ ip_address, mac_address }) => `${ip_address} ${mac_address}`));
  if (distinct.size < stored.length) {
    throw neutronFault('bad_request', 'DuplicateAddressPairInRequest', 'Request contains duplicate address pair.', {
      field: `${at}.allowed_address_pairs`,
    });
  }
  return stored;
}
