import type { HostFacts } from '../contract/host.ts';
import type { SchedulerHostTable } from '../database/tables.ts';

export type Host = SchedulerHostTable;

export interface ClaimRequest {
  serverId: string;
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  /** Hosts that failed this server before. */
  excludeHosts: readonly string[];
  /** Capabilities the host must report, such as `image:iso` or `firmware:uefi`. */
  requirements: readonly string[];
}

/** A filter refuses hosts; `explain` says why in words a person can act on. */
export interface HostFilter {
  readonly name: string;
  passes(host: Host, request: ClaimRequest): boolean;
  explain(hosts: readonly Host[], request: ClaimRequest): string;
}

/** What is left of a resource under its overcommit ratio. */
export function freeOf(host: Host): { vcpus: number; memoryMib: number; diskGib: number } {
  return {
    vcpus: Math.floor(host.vcpus * host.vcpu_ratio) - host.used_vcpus,
    memoryMib: Math.floor(host.memory_mib * host.memory_ratio) - host.used_memory_mib,
    diskGib: Math.floor(host.disk_gib * host.disk_ratio) - host.used_disk_gib,
  };
}

function most(hosts: readonly Host[], of: (host: Host) => number): number {
  return Math.max(...hosts.map(of));
}

/** In the order in which they are cheapest and say most. */
export const FILTERS: readonly HostFilter[] = [
  {
    name: 'ComputeFilter',
    passes: (host) => host.state === 'up' && host.disabled_reason === null,
    explain: () => 'not connected or disabled',
  },
  {
    name: 'RetryFilter',
    passes: (host, request) => !request.excludeHosts.includes(host.id),
    explain: () => 'failed this machine before',
  },
  {
    name: 'ComputeCapabilitiesFilter',
    passes: (host, request) => {
      if (request.requirements.length === 0) return true;
      const capabilities = host.facts === null ? [] : (JSON.parse(host.facts) as HostFacts).capabilities;
      return request.requirements.every((requirement) => capabilities.includes(requirement));
    },
    explain: (_hosts, request) => `cannot do ${request.requirements.join(', ')}`,
  },
  {
    name: 'RamFilter',
    passes: (host, request) => freeOf(host).memoryMib >= request.memoryMib,
    explain: (hosts, request) =>
      `${request.memoryMib} MiB of memory wanted, ${most(hosts, (host) => freeOf(host).memoryMib)} MiB free at most`,
  },
  {
    name: 'CoreFilter',
    passes: (host, request) => freeOf(host).vcpus >= request.vcpus,
    explain: (hosts, request) =>
      `${request.vcpus} processors wanted, ${most(hosts, (host) => freeOf(host).vcpus)} free at most`,
  },
  {
    name: 'DiskFilter',
    passes: (host, request) => freeOf(host).diskGib >= request.diskGib,
    explain: (hosts, request) =>
      `${request.diskGib} GiB of disk wanted, ${most(hosts, (host) => freeOf(host).diskGib)} GiB free at most`,
  },
];
