import { contains } from './address-pool.ts';
import type { AddressPair, SubnetRecord } from './network.tables.ts';
import { neutronFault } from './neutron.errors.ts';

export interface WantedPair {
  ip_address: string;
  /** Undefined: that of the port. */
  mac_address?: string | undefined;
}

/** Nothing is filtered on a port, so whatever its network carries is allowed: addresses of the network's subnets. */
export function pairsOf(pairs: readonly WantedPair[], mac: string, subnets: SubnetRecord[], at: string): AddressPair[] {
  const field = `${at}.allowed_address_pairs`;
  const stored = pairs.map(({ ip_address, mac_address = mac }) => {
    if (!subnets.some(({ cidr }) => contains(cidr, ip_address))) {
      const message = `Invalid input for allowed_address_pairs: ${ip_address} is not within a subnet of the network, which carries no others.`;
      throw neutronFault('bad_request', 'InvalidInput', message, { field });
    }
    return { ip_address, mac_address: mac_address.toLowerCase() };
  });
  const distinct = new Set(stored.map(({ ip_address, mac_address }) => `${ip_address} ${mac_address}`));
  if (distinct.size < stored.length) {
    throw neutronFault('bad_request', 'DuplicateAddressPairInRequest', 'Request contains duplicate address pair.', {
      field,
    });
  }
  return stored;
}
