import { Address4 } from 'ip-address';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachinePort } from '../../../app/contract/machine.ts';

export interface UserNetworkPlan {
  /** As `10.0.0.0/24`. */
  network: string;
  /** The gateway, and the address the host is reached by. */
  host: string;
  /** The only address its DHCP server has a taker for: exactly the port's. */
  guest: string;
  /** Address of its DNS forwarder, which asks the host's resolvers; null where the network has no room for one. */
  nameserver: string | null;
}

/** Places gateway, guest and DNS forwarder of one port's user-mode network. Pure. */
export function planUserNetwork(fixedIp: MachinePort['fixedIps'][number]): UserNetworkPlan {
  const { cidr, ipAddress, gatewayIp, dnsNameservers } = fixedIp;
  if (!Address4.isValid(cidr) || !cidr.includes('/')) throw refuse('cidr', cidr);
  const network = new Address4(cidr);
  const first = network.startAddress().bigInt() + 1n;
  const last = network.endAddress().bigInt() - 1n;
  const within = (address: string): bigint | null => {
    if (!Address4.isValid(address) || address.includes('/')) return null;
    const number = new Address4(address).bigInt();
    return number >= first && number <= last ? number : null;
  };
  const guest = within(ipAddress);
  if (guest === null) throw refuse('ipAddress', ipAddress);
  const taken = new Set([guest]);
  /** Counts down from the top, where address pools end last. */
  const free = (): bigint | null => {
    for (let number = last; number >= first; number--) if (!taken.has(number)) return number;
    return null;
  };
  const gateway = gatewayIp === null ? null : within(gatewayIp);
  const host = gateway !== null && gateway !== guest ? gateway : free();
  if (host === null) throw refuse('cidr', cidr);
  taken.add(host);
  const named = dnsNameservers.map(within).find((number) => number !== null && !taken.has(number)) ?? null;
  const nameserver = named ?? free();
  return {
    network: `${network.startAddress().correctForm()}/${network.subnetMask}`,
    host: format(host),
    guest: format(guest),
    nameserver: nameserver === null ? null : format(nameserver),
  };
}

function format(number: bigint): string {
  return Address4.fromBigInt(number).correctForm();
}

function refuse(field: string, value: string): UserError {
  return new UserError(
    'bad_request',
    `A port of the user-mode network cannot have ${field} ${JSON.stringify(value)}.`,
    {
      field: `fixedIps.${field}`,
    },
  );
}
