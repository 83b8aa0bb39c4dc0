import type { HostFacts } from '../../../app/contract/host.ts';

/** Names of the hosts whose guests can reach them; null where no host with real machines has said what it is. */
export function hostsWithoutIsolation(
  hosts: readonly { facts: Pick<HostFacts, 'hostname' | 'hypervisorType' | 'capabilities'> | null }[],
): string[] | null {
  const real = hosts.flatMap(({ facts }) => (facts?.hypervisorType === 'qemu' ? [facts] : []));
  if (real.length === 0) return null;
  return real.filter(({ capabilities }) => !capabilities.includes('network:isolated')).map(({ hostname }) => hostname);
}
