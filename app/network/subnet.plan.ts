import { Address4 } from 'ip-address';
import { type AddressRange, isHostAddress, toAddress, toNumber } from './address-pool.ts';
import type { SubnetRecord } from './network.tables.ts';
import { badRequest, neutronFault } from './neutron.errors.ts';

/** What of a subnet must fit together. */
export type SubnetPlan = Pick<SubnetRecord, 'cidr' | 'gateway_ip' | 'allocation_pools' | 'dns_nameservers'>;

interface WantedSubnet {
  cidr: string;
  /** Undefined: the first address. */
  gateway_ip?: string | null | undefined;
  /** Undefined: all that is not the gateway's. */
  allocation_pools?: AddressRange[] | undefined;
  dns_nameservers?: string[] | undefined;
}

/** Neither a machine nor its network can have these. */
const RESERVED = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];
const [WIDEST, NARROWEST] = [8, 30];
const ONE_NAMESERVER =
  'A machine’s network answers questions for names itself, at one address of the subnet: other name servers are not realised';

/** Completes and checks; refusals name the field below `at`, as `subnet`. Pure. */
export function planSubnet(wanted: WantedSubnet, at: string): SubnetPlan {
  const { cidr, dns_nameservers = [] } = wanted;
  checkRange(cidr, `${at}.cidr`);
  const gateway_ip = wanted.gateway_ip === undefined ? hostAddresses(cidr).start : wanted.gateway_ip;
  if (gateway_ip !== null && !isHostAddress(cidr, gateway_ip)) {
    throw badRequest(`${at}.gateway_ip`, `Invalid input for operation: Gateway ${gateway_ip} is not valid on subnet.`);
  }
  const [nameserver, ...more] = dns_nameservers;
  const isWithin = nameserver === undefined || (isHostAddress(cidr, nameserver) && nameserver !== gateway_ip);
  if (more.length > 0 || !isWithin)
    throw badRequest(`${at}.dns_nameservers`, `Invalid input for dns_nameservers. ${ONE_NAMESERVER}.`);
  const allocation_pools = wanted.allocation_pools ?? without(hostAddresses(cidr), gateway_ip);
  checkPools(allocation_pools, cidr, gateway_ip, `${at}.allocation_pools`);
  return { cidr, gateway_ip, allocation_pools, dns_nameservers };
}

export function overlaps(one: string, other: string): boolean {
  const [first, second] = [new Address4(one), new Address4(other)];
  return first.isInSubnet(second) || second.isInSubnet(first);
}

/** How many addresses the pools have. */
export function sizeOf(pools: readonly AddressRange[]): number {
  return pools.reduce((sum, { start, end }) => sum + Number(toNumber(end) - toNumber(start)) + 1, 0);
}

function checkRange(cidr: string, field: string): void {
  if (!Address4.isValid(cidr) || !/^[\d.]+\/\d{1,2}$/.test(cidr)) {
    throw badRequest(
      field,
      `Invalid input for ${field}. ${cidr.slice(0, 50)} is not an IPv4 range such as 10.0.0.0/24.`,
    );
  }
  const range = new Address4(cidr);
  const proper = `${range.startAddress().correctForm()}/${range.subnetMask}`;
  if (cidr !== proper) {
    throw badRequest(
      field,
      `Invalid input for ${field}. '${cidr}' isn't a recognized IP subnet cidr, '${proper}' is recommended.`,
    );
  }
  if (range.subnetMask < WIDEST || range.subnetMask > NARROWEST) {
    throw badRequest(field, `Invalid input for ${field}. The prefix of a range is from ${WIDEST} to ${NARROWEST}.`);
  }
  const reserved = RESERVED.find((one) => overlaps(one, cidr));
  if (reserved) throw badRequest(field, `Invalid input for ${field}. No machine can have addresses of ${reserved}.`);
}

function hostAddresses(cidr: string): AddressRange {
  const range = new Address4(cidr);
  return {
    start: toAddress(range.startAddress().bigInt() + 1n),
    end: toAddress(range.endAddress().bigInt() - 1n),
  };
}

/** What is left of a range without one address. */
function without({ start, end }: AddressRange, address: string | null): AddressRange[] {
  if (address === null) return [{ start, end }];
  const [first, at, last] = [toNumber(start), toNumber(address), toNumber(end)];
  return [
    ...(at > first ? [{ start, end: toAddress(at - 1n) }] : []),
    ...(at < last ? [{ start: toAddress(at + 1n), end }] : []),
  ];
}

function checkPools(pools: readonly AddressRange[], cidr: string, gateway: string | null, field: string): void {
  const details = { field };
  const ranges = pools.map((pool) => ({ pool, first: toNumber(pool.start), last: toNumber(pool.end) }));
  for (const { pool, first, last } of ranges) {
    const name = `${pool.start}-${pool.end}`;
    if (first > last) {
      throw neutronFault('bad_request', 'InvalidAllocationPool', `The allocation pool ${name} is not valid.`, details);
    }
    if (!isHostAddress(cidr, pool.start) || !isHostAddress(cidr, pool.end)) {
      const message = `The allocation pool ${name} spans beyond the subnet cidr ${cidr}.`;
      throw neutronFault('bad_request', 'OutOfBoundsAllocationPool', message, details);
    }
    if (gateway !== null && toNumber(gateway) >= first && toNumber(gateway) <= last) {
      const message = `Gateway ip ${gateway} conflicts with allocation pool ${name}.`;
      throw neutronFault('conflict', 'GatewayConflictWithAllocationPools', message, details);
    }
  }
  const inOrder = ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1));
  for (const [index, { pool, last }] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (!next || next.first > last) continue;
    const message = `Found overlapping allocation pools: ${pool.start}-${pool.end}, ${next.pool.start}-${next.pool.end} for subnet ${cidr}.`;
    throw neutronFault('conflict', 'OverlappingAllocationPools', message, details);
  }
}
