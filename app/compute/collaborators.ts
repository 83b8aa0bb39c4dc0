import type { ConsoleType } from '../contract/console.ts';
import type { Context } from '../contract/context.ts';
import type { HostFacts } from '../contract/host.ts';
import type { MachinePort } from '../contract/machine.ts';
import type { KnownHost } from '../contract/v1.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import type { Addresses } from './server.schema.ts';
import type { GroupPolicy } from './server-group.tables.ts';

/** What compute needs of the other services; their classes fit these by shape. */

export type RequestedNetworks =
  | { uuid?: string; port?: string; fixed_ip?: string; tag?: string }[]
  | 'auto'
  | 'none'
  | null;

export interface ProxiedNetwork {
  id: string;
  name: string;
}

export interface MachineNetworks {
  /** Those that `context` may use. */
  listNetworks(context: Context): Promise<ProxiedNetwork[]>;
  findNetwork(context: Context, id: string): Promise<ProxiedNetwork | undefined>;
  checkRequested(context: Context, requested: RequestedNetworks): Promise<void>;
  allocatePorts(
    trx: Transaction,
    context: Context,
    request: { serverId: string; projectId: string; requested: RequestedNetworks; hostId: string },
  ): Promise<void>;
  bindPorts(trx: Transaction, serverId: string, hostId: string, status: 'ACTIVE' | 'DOWN'): Promise<unknown>;
  releasePorts(trx: Transaction, context: Context, serverId: string): Promise<void>;
  /** Ports as a machine has them already; answers the addresses that others have by now, and what it gets instead. */
  adoptPorts(
    trx: Transaction,
    context: Context,
    request: { serverId: string; projectId: string; ports: readonly MachinePort[] },
  ): Promise<{ mac: string; before: string; now: string }[]>;
  machinePorts(serverId: string): Promise<MachinePort[]>;
  readonly cards: MachineCards;
  addressesOf(serverIds: string[]): Promise<Map<string, Addresses>>;
}

/** The ports of machines that are there already. */
export interface MachineCards {
  /** A port, or a network in which one is made; `at` is what the request calls it. Answers the port. */
  attach(
    trx: Transaction,
    context: Context,
    request: {
      serverId: string;
      projectId: string;
      hostId: string;
      wanted: { portId?: string; networkId?: string; ipAddress?: string; tag?: string };
      at: string;
    },
  ): Promise<string>;
  areOf(trx: Transaction, serverId: string, portIds: readonly string[]): Promise<boolean>;
  has(trx: Transaction, serverId: string, portId: string): Promise<boolean>;
  detach(trx: Transaction, context: Context, serverId: string, portId: string): Promise<void>;
  /** Whether its guest has the card. */
  mark(trx: Transaction, portId: string, status: 'ACTIVE' | 'DOWN'): Promise<void>;
  /** False where the server has no card in that network, or none with that address. */
  addAddress(trx: Transaction, serverId: string, networkId: string, at: string): Promise<boolean>;
  removeAddress(trx: Transaction, serverId: string, address: string, at: string): Promise<boolean>;
}

export interface HostClaim {
  serverId: string;
  /** The server whose resize it is for, beside what that has already; `serverId` is the migration then. */
  resizedServerId?: string;
  vcpus: number;
  memoryMib: number;
  diskGib: number;
  excludeHosts: string[];
  requirements: string[];
  /** Which name of a flavor or an image asks for one of them. */
  askedBy?: Record<string, string>;
  /** The only hosts that have what else those want, and by which names; null: nothing. */
  eligible?: { ids: string[]; by: string[] } | null;
  /** The only ones that may be; null: any. */
  sameHosts?: string[] | null;
  /** These may not. */
  differentHosts?: string[];
  /** The one an administrator asked for. */
  host?: string | null;
  /** Availability zone; null: any. */
  zone?: string | null;
  group?: { id: string; policy: GroupPolicy; maxPerHost: number } | null;
}

export interface HostClaims {
  /** Right after a start of the controller: until the hosts that were there before have dialled in. */
  awaitHosts(request: HostClaim, signal: AbortSignal): Promise<void>;
  /** In a transaction of its own, which `requireOwned` refuses where the task is another controller's by now. */
  claim(request: HostClaim, requireOwned: (trx: Transaction) => Promise<void>): Promise<{ hostId: string }>;
  /** For a machine that runs there already, whatever room is left. */
  place(
    trx: Transaction,
    hostId: string,
    room: Pick<HostClaim, 'serverId' | 'vcpus' | 'memoryMib' | 'diskGib'>,
  ): Promise<void>;
  /** What a server that is there has of its host's disk from now on, GiB, whatever room is left. */
  changeDisk(trx: Transaction, serverId: string, diskGib: number): Promise<void>;
  release(trx: Transaction, serverId: string): Promise<void>;
  /** The server has what was held for its resize, which holds what the server had. */
  exchange(trx: Transaction, serverId: string, migrationId: string): Promise<void>;
  reportHost(context: Context, hostId: string, facts: HostFacts): Promise<void>;
  setHostState(context: Context, hostId: string, state: 'up' | 'down'): Promise<void>;
  close(): void;
  listHosts(): Promise<KnownHost[]>;
  showHost(hostId: string): Promise<KnownHost>;
  /** What people and OpenStack's clients call a host; it may change, ids do not. */
  nameOf(hostId: string): string;
  /** Of all hosts there are. */
  ids(): string[];
  idOf(name: string): string | undefined;
  zoneOf(hostId: string): string;
  forgetGroup(trx: Transaction, groupId: string): Promise<void>;
  readonly control: HostControl;
}

/** What administrators say of hosts. */
export interface HostControl {
  /** Those that hosts are in, and whether one of them takes new machines. */
  zones(): Promise<Map<string, boolean>>;
  /** False, and nothing is changed, where one of them has machines and would come from another zone. */
  moveToZone(trx: Transaction, hostIds: readonly string[], zone: string): Promise<boolean>;
  /** Null as a reason: it takes new machines. */
  setService(
    context: Context,
    hostId: string,
    wanted: { disabledReason?: string | null; isForcedDown?: boolean },
  ): Promise<void>;
  /** Refused where it has machines. */
  forget(trx: Transaction, context: Context, hostId: string): Promise<void>;
}

/** An image as a launch needs it: only ones that are active and that `context` may use. */
export interface LaunchImage {
  id: string;
  name: string | null;
  diskFormat: string;
  /** Bytes of the stored file. */
  size: number;
  /** Bytes a guest sees. */
  virtualSize: number;
  sha512: string;
  /** GiB */
  minDisk: number;
  /** MiB */
  minRam: number;
  properties: Record<string, string>;
}

export interface LaunchImages {
  /** `field` of the request is named where it will not do. */
  imageForLaunch(
    context: Context,
    imageId: string,
    options?: { field?: string; query?: Queryable },
  ): Promise<LaunchImage>;
  /** Of all images there are. */
  ids(): Promise<ReadonlySet<string>>;
  readonly snapshots: MachineSnapshots;
}

/** Images that are made of machines. */
export interface MachineSnapshots {
  /** It waits for bytes as long as a task is about it. */
  create(
    trx: Transaction,
    context: Context,
    wanted: {
      name: string;
      projectId: string;
      minDisk: number;
      minRam: number;
      properties: Record<string, string>;
    },
  ): Promise<string>;
  baseOf(
    query: Queryable,
    id: string,
  ): Promise<{ minDisk: number; minRam: number; properties: Record<string, string>; isProtected: boolean } | undefined>;
  isActive(query: Queryable, id: string): Promise<boolean>;
  /** Of one `backup_type`, the newest first. */
  backupsOf(query: Queryable, projectId: string, serverId: string, type: string): Promise<{ id: string }[]>;
  /** `taskId`: whose end this is. */
  remove(trx: Transaction, context: Context, id: string, taskId?: string): Promise<void>;
}

/** An image as Glance keeps it, as far as Nova's old proxy shows it. */
export interface ProxiedImage {
  id: string;
  name: string | null;
  status: string;
  owner: string | null;
  visibility: string;
  size: number | null;
  /** GiB */
  minDisk: number;
  /** MiB */
  minRam: number;
  properties: Record<string, string>;
  createdAt: string;
  updatedAt: string;
}

/** Images for Nova's old proxy: only those that `context` may see; the query is in Glance's words. */
export interface ProxiedImages {
  list(context: Context, query: URLSearchParams): Promise<ProxiedImage[]>;
  find(context: Context, id: string): Promise<ProxiedImage | undefined>;
  delete(context: Context, id: string): Promise<void>;
  /** Where `check` lets there be so many; answers all properties there are then. */
  setProperties(
    context: Context,
    id: string,
    set: Readonly<Record<string, string>>,
    removed: (name: string) => boolean,
    check: (trx: Transaction, count: number) => Promise<void>,
  ): Promise<Record<string, string>>;
}

export interface ConsoleAccess {
  create(
    context: Context,
    target: { id: string; hostId: string | null; isRunning: boolean },
    type: ConsoleType,
    origin: string,
  ): Promise<{ url: string }>;
  /** Whose console a link with this token opens; undefined where none (any more). */
  serverOf(token: string): Promise<string | undefined>;
  revoke(trx: Transaction, serverId: string): Promise<void>;
}
