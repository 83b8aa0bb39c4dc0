import type { HostFacts } from '../contract/host.ts';
import type { SchedulerHostTable } from '../database/tables.ts';

/** A host as a decision sees it: a row of the database is slow to read from again and again. */
export interface Candidate {
  readonly id: string;
  readonly isUsable: boolean;
  /** What is left of each resource under its overcommit ratio. */
  readonly free: { readonly vcpus: number; readonly memoryMib: number; readonly diskGib: number };
  readonly capabilities: readonly string[];
}

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
  passes(host: Candidate, request: ClaimRequest): boolean;
  explain(hosts: readonly Candidate[], request: ClaimRequest): string;
}

export function toCandidate(row: SchedulerHostTable): Candidate {
  return {
    id: row.id,
    isUsable: row.state === 'up' && row.disabled_reason === null,
    free: {
      vcpus: Math.floor(row.vcpus * row.vcpu_ratio) - row.used_vcpus,
      memoryMib: Math.floor(row.memory_mib * row.memory_ratio) - row.used_memory_mib,
      diskGib: Math.floor(row.disk_gib * row.disk_ratio) - row.used_disk_gib,
    },
    capabilities: capabilitiesOf(row),
  };
}

/** Facts change once in a while, decisions read them all the time. */
const parsed = new Map<string, { facts: string; capabilities: readonly string[] }>();

function capabilitiesOf({ id, facts }: SchedulerHostTable): readonly string[] {
  if (facts === null) return [];
  const known = parsed.get(id);
  if (known?.facts === facts) return known.capabilities;
  const { capabilities } = JSON.parse(facts) as HostFacts;
  parsed.set(id, { facts, capabilities });
  return capabilities;
}

function most(hosts: readonly Candidate[], of: (host: Candidate) => number): number {
  return Math.max(...hosts.map(of));
}

/** In the order in which they are cheapest and say most. */
export const FILTERS: readonly HostFilter[] = [
  {
    name: 'ComputeFilter',
    passes: (host) => host.isUsable,
    explain: () => 'not connected or disabled',
  },
  {
    name: 'RetryFilter',
    passes: (host, request) => !request.excludeHosts.includes(host.id),
    explain: () => 'failed this machine before',
  },
  {
    name: 'ComputeCapabilitiesFilter',
    passes: ({ capabilities }, request) => request.requirements.every((wanted) => capabilities.includes(wanted)),
    explain: (_hosts, request) => `cannot do ${request.requirements.join(', ')}`,
  },
  {
    name: 'RamFilter',
    passes: (host, request) => host.free.memoryMib >= request.memoryMib,
    explain: (hosts, request) =>
      `${request.memoryMib} MiB of memory wanted, ${most(hosts, (host) => host.free.memoryMib)} MiB free at most`,
  },
  {
    name: 'CoreFilter',
    passes: (host, request) => host.free.vcpus >= request.vcpus,
    explain: (hosts, request) =>
      `${request.vcpus} processors wanted, ${most(hosts, (host) => host.free.vcpus)} free at most`,
  },
  {
    name: 'DiskFilter',
    passes: (host, request) => host.free.diskGib >= request.diskGib,
    explain: (hosts, request) =>
      `${request.diskGib} GiB of disk wanted, ${most(hosts, (host) => host.free.diskGib)} GiB free at most`,
  },
];
