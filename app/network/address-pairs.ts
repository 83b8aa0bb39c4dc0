import type { AddressPair, SubnetRecord } from './network.tables.ts';
import { neutronFault } from './neutron.errors.ts';
import { overlaps } from './subnet.plan.ts';

export interface WantedPair {
  ip_address: string;
  /** Undefined: that of the port. */
  mac_address?: string | undefined;
}

/**
 * Nothing is filtered on a port, so whatever its network carries is allowed: addresses of the network's subnets, and of a
 * wider range those that are.
 */
export function pairsOf(pairs: readonly WantedPair[], mac: string, subnets: SubnetRecord[], at: string): AddressPair[] {
  const field = `${at}.allowed_address_pairs`;
  const stored = pairs.map(({ ip_address, mac_address = mac }) => {
    if (!subnets.some(({ cidr }) => overlaps(cidr, ip_address))) {
      const message = `Invalid input for allowed_address_pairs: no subnet of the network has ${ip_address}, and it carries no others.`;
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
