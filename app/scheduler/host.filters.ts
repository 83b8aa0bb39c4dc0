import type { PreflightCheck } from '../contract/host.ts';
import { hosts } from './scheduler.tables.ts';

/** What is counted of a host and of a machine. */
export const RESOURCES = ['memoryMib', 'vcpus', 'diskGib'] as const;
export type Room = Record<(typeof RESOURCES)[number], number>;

/** What many hosts have in common. */
export interface HostKind {
  readonly isUsable: boolean;
  readonly capabilities: readonly string[];
  /** What keeps the host from running any machine, as its agent found out. */
  readonly trouble: PreflightCheck | null;
}

/** Of a host that has not told of itself. */
export const NOTHING_KNOWN: HostKind = { isUsable: false, capabilities: [], trouble: null };

export function readFacts(stored: string | null): Omit<HostKind, 'isUsable'> {
  const facts = hosts.columns.facts.read(stored);
  if (facts === null) return NOTHING_KNOWN;
  const { capabilities, preflight } = facts;
  const trouble = preflight.find((check) => check.id === 'hypervisor' && check.state === 'failed') ?? null;
  return { capabilities, trouble };
}

/** A host as a decision sees it. */
export interface Candidate extends HostKind {
  readonly id: string;
  /** What is left of each resource under its overcommit ratio. */
  readonly free: Readonly<Room>;
}

export interface ClaimRequest extends Readonly<Room> {
  readonly serverId: string;
  /** Hosts that failed this server before. */
  readonly excludeHosts: readonly string[];
  /** Capabilities the host must report, such as `disk-format:iso` or `firmware:uefi`. */
  readonly requirements: readonly string[];
  /** The only ones that may be; null: any. */
  readonly sameHosts?: readonly string[] | null;
  /** These may not. */
  readonly differentHosts?: readonly string[];
}

/** A filter refuses hosts by what it looks at; `explain` says why in words a person can act on. */
export interface HostFilter<Seen = Candidate> {
  readonly name: string;
  readonly passes: (host: Seen, request: ClaimRequest) => boolean;
  explain(hosts: readonly Candidate[], request: ClaimRequest): string;
  /** What to do when it refused the last of `hosts`. */
  advise(hosts: readonly Candidate[]): string;
}

const usable: HostFilter<HostKind> = {
  name: 'ComputeFilter',
  passes: (kind) => kind.isUsable,
  explain: () => 'not connected or disabled',
  advise: () => 'Look under Hosts whether the agent of this computer runs.',
};

const withHypervisor: HostFilter<HostKind> = {
  name: 'HypervisorFilter',
  passes: (kind) => kind.trouble === null,
  explain: (hosts) => hosts.find((host) => host.trouble)?.trouble?.fact ?? '',
  advise: (hosts) => {
    const trouble = hosts.find((host) => host.trouble)?.trouble;
    const fix = trouble?.fixCommand ? `Install it with: ${trouble.fixCommand}` : (trouble?.hint ?? '');
    return `${fix.replace(/\.$/, '')}. Then let the host be checked again under Hosts.`;
  },
};

const capable: HostFilter<HostKind> = {
  name: 'ComputeCapabilitiesFilter',
  passes: ({ capabilities }, request) => request.requirements.every((wanted) => capabilities.includes(wanted)),
  explain: (_hosts, request) => `cannot do ${request.requirements.join(', ')}`,
  advise: () => 'Use an image that a host can run, or add a host that can run this one.',
};

const untried: HostFilter<{ id: string }> = {
  name: 'RetryFilter',
  passes: (host, request) => !request.excludeHosts.includes(host.id),
  explain: () => 'failed this machine before',
  advise: () => 'Look at the fault of the machine, and add a host if this one cannot be repaired.',
};

const beside: HostFilter<{ id: string }> = {
  name: 'SameHostFilter',
  passes: (host, { sameHosts }) => sameHosts?.includes(host.id) ?? true,
  explain: () => 'the machines that it must be beside are elsewhere',
  advise: () => 'Launch it without the hint same_host, or name a machine that runs.',
};

const apart: HostFilter<{ id: string }> = {
  name: 'DifferentHostFilter',
  passes: (host, { differentHosts }) => !differentHosts?.includes(host.id),
  explain: () => 'a machine that it must not be beside is there',
  advise: () => 'Launch it without the hint different_host, or add a host.',
};

function withRoom(name: string, resource: keyof Room, [wanted, free]: [wanted: string, free: string]): HostFilter {
  return {
    name,
    passes: (host, request) => host.free[resource] >= request[resource],
    explain: (hosts, request) => {
      const most = Math.max(...hosts.map((host) => host.free[resource]));
      return `${request[resource]} ${wanted} wanted, ${most} ${free} at most`;
    },
    advise: () => 'Choose a smaller size, delete machines that are not needed, or add a host.',
  };
}

/** Those that refuse all hosts of a kind, and those that look which host it is. */
export const OF_KIND: readonly HostFilter<HostKind>[] = [usable, withHypervisor, capable];
export const OF_ID: readonly HostFilter<{ id: string }>[] = [untried, beside, apart];

/** All, in the order in which they say most. */
export const FILTERS: readonly HostFilter[] = [
  usable,
  withHypervisor,
  untried,
  beside,
  apart,
  capable,
  withRoom('RamFilter', 'memoryMib', ['MiB of memory', 'MiB free']),
  withRoom('CoreFilter', 'vcpus', ['processors', 'free']),
  withRoom('DiskFilter', 'diskGib', ['GiB of disk', 'GiB free']),
];

/** Whether any of {@link OF_ID} may refuse a host. */
export function namesHosts({ excludeHosts, sameHosts, differentHosts }: ClaimRequest): boolean {
  return excludeHosts.length > 0 || (sameHosts ?? null) !== null || (differentHosts ?? []).length > 0;
}
