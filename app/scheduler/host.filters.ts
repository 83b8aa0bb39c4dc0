import { DEFAULT_ZONE } from '../contract/availability-zone.ts';
import type { PreflightCheck } from '../contract/host.ts';
import { hosts } from './scheduler.tables.ts';

/** What is counted of a host and of a machine. */
export const RESOURCES = ['memoryMib', 'vcpus', 'diskGib'] as const;
export type Room = Record<(typeof RESOURCES)[number], number>;

/** What many hosts have in common. */
export interface HostKind {
  readonly isUsable: boolean;
  /** Traits among them. */
  readonly capabilities: readonly string[];
  /** What keeps the host from running any machine, as its agent found out. */
  readonly trouble: PreflightCheck | null;
  readonly zone: string;
}

/** Of a host that has not told of itself. */
export const NOTHING_KNOWN: HostKind = {
  isUsable: false,
  capabilities: [],
  trouble: null,
  zone: DEFAULT_ZONE,
};

export function readFacts(stored: string | null): Pick<HostKind, 'capabilities' | 'trouble'> {
  const facts = hosts.columns.facts.read(stored);
  if (facts === null) return NOTHING_KNOWN;
  const { capabilities, traits, preflight } = facts;
  const trouble = preflight.find((check) => check.id === 'hypervisor' && check.state === 'failed') ?? null;
  return { capabilities: [...capabilities, ...(traits ?? [])], trouble };
}

/** A host as a decision sees it. */
export interface Candidate extends HostKind {
  readonly id: string;
  /** What is left of each resource under its overcommit ratio. */
  readonly free: Readonly<Room>;
}

/** A group of servers that are placed together or apart; the soft ones as far as that can be. */
export interface PlacedGroup {
  readonly id: string;
  readonly policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
  /** Of `anti-affinity`. */
  readonly maxPerHost: number;
  /** How many of its machines each host has; the scheduler looks that up itself. */
  readonly machines?: ReadonlyMap<string, number>;
}

export interface ClaimRequest extends Readonly<Room> {
  readonly serverId: string;
  /** The server whose resize it is for, where it is no machine's own; `serverId` is the migration then. */
  readonly resizedServerId?: string;
  /** Hosts that failed this server before. */
  readonly excludeHosts: readonly string[];
  /** Capabilities the host must report, such as `disk-format:iso` or `firmware:uefi`. */
  readonly requirements: readonly string[];
  /** Which name of a flavor or an image asks for one of them. */
  readonly askedBy?: Readonly<Record<string, string>>;
  /** The only hosts that have what else a flavor and an image want, and by which names; null: they want nothing else. */
  readonly eligible?: { readonly ids: readonly string[]; readonly by: readonly string[] } | null;
  /** The only ones that may be; null: any. */
  readonly sameHosts?: readonly string[] | null;
  /** These may not. */
  readonly differentHosts?: readonly string[];
  /** The one an administrator asked for. */
  readonly host?: string | null;
  /** Where the host must be; null: anywhere. */
  readonly zone?: string | null;
  readonly group?: PlacedGroup | null;
}

/** A filter refuses hosts by what it looks at; `explain` says why in words a person can act on. */
export interface HostFilter<Seen = Candidate> {
  readonly name: string;
  readonly passes: (host: Seen, request: ClaimRequest) => boolean;
  explain(hosts: readonly Candidate[], request: ClaimRequest): string;
  /** What to do when it refused the last of `hosts`. */
  advise(hosts: readonly Candidate[], request: ClaimRequest): string;
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
  explain: (hosts, request) => `cannot do ${missingOf(hosts, request).join(', ')}`,
  advise: (_hosts, { requirements }) =>
    requirements.includes('metadata:service')
      ? 'Launch it with a config drive (config_drive: true), or let a host have the metadata service: see its checks.'
      : 'Use an image that a host can run, or add a host that can run this one.',
};

/** What some of the hosts lack, with the name that asks for it. */
function missingOf(hosts: readonly HostKind[], { requirements, askedBy = {} }: ClaimRequest): string[] {
  const missing = requirements.filter((wanted) => !hosts.every(({ capabilities }) => capabilities.includes(wanted)));
  return missing.map((wanted) => (Object.hasOwn(askedBy, wanted) ? `${wanted} (${askedBy[wanted]})` : wanted));
}

const wanted: HostFilter<{ id: string }> = {
  name: 'ExtraSpecsFilter',
  passes: ({ id }, { eligible }) => (eligible ?? null) === null || eligible?.ids.includes(id) === true,
  explain: (_hosts, { eligible }) => `not as wanted by ${eligible?.by.join(', ')}`,
  advise: () => 'Choose another flavor or image, or give a host what they want: a trait, or a place in an aggregate.',
};

const inZone: HostFilter<HostKind> = {
  name: 'AvailabilityZoneFilter',
  passes: (kind, { zone }) => (zone ?? null) === null || kind.zone === zone,
  explain: (_hosts, { zone }) => `not in the availability zone ${zone}`,
  advise: () => 'Launch it in another availability zone, or add a host to this one.',
};

const untried: HostFilter<{ id: string }> = {
  name: 'RetryFilter',
  passes: (host, request) => !request.excludeHosts.includes(host.id),
  explain: () => 'failed this machine before',
  advise: () => 'Look at the fault of the machine, and add a host if this one cannot be repaired.',
};

const askedFor: HostFilter<{ id: string }> = {
  name: 'RequestedHostFilter',
  passes: ({ id }, { host }) => (host ?? null) === null || id === host,
  explain: () => 'another host was asked for',
  advise: () => 'Launch it without naming a host, or make room on the one named.',
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

const withGroup: HostFilter<{ id: string }> = {
  name: 'ServerGroupAffinityFilter',
  passes: (host, { group }) =>
    group?.policy !== 'affinity' || !group.machines || group.machines.size === 0 || group.machines.has(host.id),
  explain: () => 'the machines of its group are elsewhere',
  advise: () => 'Make room on the host of its group, or launch it without the group.',
};

const apartFromGroup: HostFilter<{ id: string }> = {
  name: 'ServerGroupAntiAffinityFilter',
  passes: (host, { group }) =>
    group?.policy !== 'anti-affinity' || (group.machines?.get(host.id) ?? 0) < group.maxPerHost,
  explain: () => 'there are as many machines of its group as may be',
  advise: () => 'Add a host, or launch it without the group.',
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
export const OF_KIND: readonly HostFilter<HostKind>[] = [usable, withHypervisor, inZone, capable];
export const OF_ID: readonly HostFilter<{ id: string }>[] = [
  untried,
  askedFor,
  wanted,
  beside,
  apart,
  withGroup,
  apartFromGroup,
];

/** All, in the order in which they say most. */
export const FILTERS: readonly HostFilter[] = [
  usable,
  withHypervisor,
  inZone,
  untried,
  askedFor,
  wanted,
  beside,
  apart,
  withGroup,
  apartFromGroup,
  capable,
  withRoom('RamFilter', 'memoryMib', ['MiB of memory', 'MiB free']),
  withRoom('CoreFilter', 'vcpus', ['processors', 'free']),
  withRoom('DiskFilter', 'diskGib', ['GiB of disk', 'GiB free']),
];

/** Whether any of {@link OF_ID} may refuse a host. */
export function namesHosts(request: ClaimRequest): boolean {
  const { excludeHosts, host, eligible, sameHosts, differentHosts, group } = request;
  const isNamed = (host ?? null) !== null || (eligible ?? null) !== null || (sameHosts ?? null) !== null;
  const isBound = isNamed || (group?.machines?.size ?? 0) > 0;
  return isBound || excludeHosts.length > 0 || (differentHosts ?? []).length > 0;
}

/** Which of two hosts a soft group would rather have; 0: either. */
export function preference({ group }: ClaimRequest): 1 | -1 | 0 {
  if (!group?.machines || group.machines.size === 0) return 0;
  if (group.policy === 'soft-affinity') return 1;
  return group.policy === 'soft-anti-affinity' ? -1 : 0;
}
