import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { Address4 } from 'ip-address';
import { PROVIDER_SERVICES } from './namespace-rules.ts';

/** What QEMU's name server asks. */
export const RESOLVER_FILE = '/etc/resolv.conf';

/** Whether the resolver of this host is one a closed namespace cannot ask itself: on the host, or its provider's. */
export async function isResolverWithinHost(hostAddresses: readonly string[]): Promise<boolean> {
  const resolver = firstResolver(await readFile(RESOLVER_FILE, 'utf8').catch(() => ''));
  if (resolver === null) return false;
  const address = new Address4(resolver);
  return [...PROVIDER_SERVICES, ...hostAddresses].some((block) => address.isInSubnet(new Address4(block)));
}

/** QEMU's user-mode network asks the first it finds, and by IPv4 only. */
export function firstResolver(file: string): string | null {
  for (const line of file.split('\n')) {
    const [keyword, address = ''] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && isIPv4(address)) return address;
  }
  return null;
}
