import type { HostFacts, PreflightCheck } from '../contract/host.ts';
import type { SchedulerHostTable } from '../database/tables.ts';

/** A host as a decision sees it: a row of the database is slow to read from again and again. */
export interface Candidate {
  readonly id: string;
  readonly isUsable: boolean;
  /** What is left of each resource under its overcommit ratio. */
  readonly free: { readonly vcpus: number; readonly memoryMib: number; readonly diskGib: number };
  readonly capabilities: readonly string[];
  /** What keeps the host from running any machine, as its agent found out. */
  readonly trouble: PreflightCheck | null;
}

export interface ClaimRequest {
  serverId: string;
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  /** Hosts that failed this server before. */
  excludeHosts: readonly string[];
  /** Capabilities the host must report, such as `disk-format:iso` or `firmware:uefi`. */
  requirements: readonly string[];
  /** The only ones that may be; null: any. */
  sameHosts?: readonly string[] | null;
  /** These may not. */
  differentHosts?: readonly string[];
}

/** A filter refuses hosts; `explain` says why in words a person can act on. */
export interface HostFilter {
  readonly name: string;
  passes(host: Candidate, request: ClaimRequest): boolean;
  explain(hosts: readonly Candidate[], request: ClaimRequest): string;
  /** What to do when it refused the last of `hosts`. */
  advise(hosts: readonly Candidate[]): string;
}

const NEEDS_ROOM = 'Choose a smaller size, delete machines that are not needed, or add a host.';

export function toCandidate(row: SchedulerHostTable): Candidate {
  return {
    id: row.id,
    isUsable: row.state === 'up' && row.disabled_reason === null,
    free: {
      vcpus: Math.floor(row.vcpus * row.vcpu_ratio) - row.used_vcpus,
      memoryMib: Math.floor(row.memory_mib * row.memory_ratio) - row.used_memory_mib,
      diskGib: Math.floor(row.disk_gib * row.disk_ratio) - row.used_disk_gib,
    },
    ...readFacts(row),
  };
}

type ReadFacts = Pick<Candidate, 'capabilities' | 'trouble'>;

/** Facts change once in a while, decisions read them all the time. */
const known = new Map<string, { facts: string; read: ReadFacts }>();

function readFacts({ id, facts }: SchedulerHostTable): ReadFacts {
  if (facts === null) return { capabilities: [], trouble: null };
  const before = known.get(id);
  if (before?.facts === facts) return before.read;
  const { capabilities, preflight } = JSON.parse(facts) as HostFacts;
  const trouble = preflight.find((check) => check.id === 'hypervisor' && check.state === 'failed') ?? null;
  const read = { capabilities, trouble };
  known.set(id, { facts, read });
  return read;
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
    advise: () => 'Look under Hosts whether the agent of this computer runs.',
  },
  {
    name: 'HypervisorFilter',
    passes: (host) => host.trouble === null,
    explain: (hosts) => hosts.find((host) => host.trouble)?.trouble?.fact ?? '',
    advise: (hosts) => {
      const trouble = hosts.find((host) => host.trouble)?.trouble;
      const fix = trouble?.fixCommand ? `Install it with: ${trouble.fixCommand}` : (trouble?.hint ?? '');
      return `${fix.replace(/\.$/, '')}. Then let the host be checked again under Hosts.`;
    },
  },
  {
    name: 'RetryFilter',
    passes: (host, request) => !request.excludeHosts.includes(host.id),
    explain: () => 'failed this machine before',
    advise: () => 'Look at the fault of the machine, and add a host if this one cannot be repaired.',
  },
  {
    name: 'SameHostFilter',
    passes: (host, { sameHosts }) => sameHosts?.includes(host.id) ?? true,
    explain: () => 'the machines that it must be beside are elsewhere',
    advise: () => 'Launch it without the hint same_host, or name a machine that runs.',
  },
  {
    name: 'DifferentHostFilter',
    passes: (host, { differentHosts }) => !differentHosts?.includes(host.id),
    explain: () => 'a machine that it must not be beside is there',
    advise: () => 'Launch it without the hint different_host, or add a host.',
  },
  {
    name: 'ComputeCapabilitiesFilter',
    passes: ({ capabilities }, request) => request.requirements.every((wanted) => capabilities.includes(wanted)),
    explain: (_hosts, request) => `cannot do ${request.requirements.join(', ')}`,
    advise: () => 'Use an image that a host can run, or add a host that can run this one.',
  },
  {
    name: 'RamFilter',
    passes: (host, request) => host.free.memoryMib >= request.memoryMib,
    explain: (hosts, request) =>
      `${request.memoryMib} MiB of memory wanted, ${most(hosts, (host) => host.free.memoryMib)} MiB free at most`,
    advise: () => NEEDS_ROOM,
  },
  {
    name: 'CoreFilter',
    passes: (host, request) => host.free.vcpus >= request.vcpus,
    explain: (hosts, request) =>
      `${request.vcpus} processors wanted, ${most(hosts, (host) => host.free.vcpus)} free at most`,
    advise: () => NEEDS_ROOM,
  },
  {
    name: 'DiskFilter',
    passes: (host, request) => host.free.diskGib >= request.diskGib,
    explain: (hosts, request) =>
      `${request.diskGib} GiB of disk wanted, ${most(hosts, (host) => host.free.diskGib)} GiB free at most`,
    advise: () => NEEDS_ROOM,
  },
];
