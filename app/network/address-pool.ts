import { isIPv4 } from 'node:net';
import { Address4 } from 'ip-address';

/** Arithmetic on IPv4 ranges of a subnet. Addresses are handled as BigInt and shown dotted. */
export interface AddressRange {
  start: string;
  end: string;
}

export function toNumber(address: string): bigint {
  return new Address4(address).bigInt();
}

export function toAddress(number: bigint): string {
  return Address4.fromBigInt(number).address;
}

export function isAddress(text: string): boolean {
  return isIPv4(text);
}

/** Whether the range holds the address; none of another family is in it. */
export function contains(cidr: string, address: string): boolean {
  return isAddress(address) && new Address4(address).isInSubnet(new Address4(cidr));
}

/** Whether a machine can have the address: inside the range, and neither its network nor its broadcast address. */
export function isHostAddress(cidr: string, address: string): boolean {
  if (!isAddress(address)) return false;
  const range = new Address4(cidr);
  const [first, last] = [range.startAddress().bigInt(), range.endAddress().bigInt()];
  const number = toNumber(address);
  // Ranges of one or two addresses have none to spare (RFC 3021).
  return last - first < 2n ? number >= first && number <= last : number > first && number < last;
}

/** Every address of the pools once, beginning after `after` and wrapping round. */
export function* candidates(pools: readonly AddressRange[], after: string | undefined): Generator<string> {
  const ranges = pools.map(({ start, end }) => ({ start: toNumber(start), end: toNumber(end) }));
  // A pool may have millions of them: what is not wanted is not counted through.
  const next = after === undefined ? 0n : toNumber(after) + 1n;
  for (const { start, end } of ranges) yield* between(start > next ? start : next, end);
  for (const { start, end } of ranges) yield* between(start, end < next ? end : next - 1n);
}

function* between(first: bigint, last: bigint): Generator<string> {
  for (let number = first; number <= last; number++) yield toAddress(number);
}
