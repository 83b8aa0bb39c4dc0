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
  return Address4.isValid(text) && !text.includes('/');
}

export function contains(cidr: string, address: string): boolean {
  return new Address4(address).isInSubnet(new Address4(cidr));
}

/** Every address of the pools once, beginning after `after` and wrapping round. */
export function* candidates(pools: readonly AddressRange[], after: string | undefined): Generator<string> {
  const ranges = pools.map(({ start, end }) => ({ start: toNumber(start), end: toNumber(end) }));
  const from = after === undefined ? undefined : toNumber(after);
  for (const range of ranges) {
    for (let number = range.start; number <= range.end; number++) {
      if (from === undefined || number > from) yield toAddress(number);
    }
  }
  if (from === undefined) return;
  for (const range of ranges) {
    for (let number = range.start; number <= range.end && number <= from; number++) yield toAddress(number);
  }
}
