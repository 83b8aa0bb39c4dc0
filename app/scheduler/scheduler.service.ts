import type { Logger } from 'pino';
import { DEFAULT_ZONE } from '../contract/availability-zone.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { HostFacts } from '../contract/host.ts';
import type { KnownHost } from '../contract/v1.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { traitsOfEarlier } from './earlier-traits.ts';
import { GroupTurns } from './group-turns.ts';
import { HeldRooms } from './held-rooms.ts';
import type { ClaimRequest } from './host.filters.ts';
import { HostSnapshot } from './host.snapshot.ts';
import { toHostView } from './host.view.ts';
import { HostArrivals } from './host-arrivals.ts';
import { HostControl } from './host-control.ts';
import { HostDirectory } from './host-directory.ts';
import { HostStocks, RESERVED_MEMORY_MIB } from './host-stock.ts';
import { after } from './report-time.ts';
import { noValidHost } from './scheduler.errors.ts';
import { type HostRecord, NothingClaimed, type SchedulerRepository, type ServerRoom } from './scheduler.repository.ts';

/** How long a host whose connection is lost counts as up, milliseconds: an agent's restart takes a second or two. */
const GRACE_MS = 15_000;

/** Throws in a transaction that is not to be. */
type Guard = (trx: Transaction) => Promise<void>;

/** Knows the hosts and what is claimed on them; decides where a machine goes. */
export class SchedulerService {
  /** What administrators say of hosts. */
  readonly control: HostControl;
  /** What hosts have, for who shows it. */
  readonly stocks: HostStocks;
  readonly #database: Database;
  readonly #repository: SchedulerRepository;
  readonly #hosts: HostSnapshot;
  readonly #held: HeldRooms;
  readonly #events: EventService;
  readonly #log: Logger;
  readonly #graceMs: number;
  /** Hosts in their grace time. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #directory = new HostDirectory();
  /** Claims of one group wait for each other, so that each sees where the others are. */
  readonly #turns = new GroupTurns();
  readonly #arrivals = new HostArrivals();

  constructor(parts: {
    database: Database;
    repository: SchedulerRepository;
    events: EventService;
    log: Logger;
    graceMs?: number;
  }) {
    const { database, repository, events, graceMs = GRACE_MS } = parts;
    this.#graceMs = graceMs;
    this.#database = database;
    this.#repository = repository;
    this.#hosts = new HostSnapshot(repository);
    this.#held = new HeldRooms({ database, repository, hosts: this.#hosts });
    this.#events = events;
    this.control = new HostControl({ database, repository, events, hosts: this.#hosts, directory: this.#directory });
    this.stocks = new HostStocks({ database, repository, hosts: this.#hosts });
    this.#log = parts.log;
  }

  /**
   * After a start of the controller its agents need a moment to dial in: waits until a host would do, or nobody is
   * missing any more. Returns at once at any other time.
   */
  async awaitHosts(request: ClaimRequest, signal: AbortSignal): Promise<void> {
    const isEnough = async () => {
      await this.#hosts.refresh();
      return this.#hosts.choose(await this.#amongOthers(request)) !== undefined;
    };
    await this.#arrivals.until(isEnough, signal);
  }

  /**
   * Chooses a host and claims its room where it still is there, else the next best; a server that has a claim keeps it.
   * `requireOwned` runs in the claim's transaction and throws where another controller has the task by now: what was
   * claimed then, nobody would give back. Throws `no_valid_host` with the number of hosts each filter refused.
   */
  async claim(request: ClaimRequest, requireOwned: Guard): Promise<{ hostId: string }> {
    return await this.#turns.take(request.group?.id, async () => {
      for (;;) {
        await this.#hosts.refresh();
        const hostId = this.#hosts.choose(await this.#amongOthers(request)) ?? (await this.#lookAnew(request));
        const claimed = await this.#claimOn(hostId, request, requireOwned);
        if (claimed !== undefined) return { hostId: claimed };
      }
    });
  }

  /** With where the other machines of its group are. */
  async #amongOthers(request: ClaimRequest): Promise<ClaimRequest> {
    const { group, serverId } = request;
    if (!group) return request;
    return { ...request, group: { ...group, machines: await this.#repository.machinesOf(group.id, serverId) } };
  }

  /** Where the server's room is now; undefined where the host has none for it any more. */
  async #claimOn(hostId: string, request: ClaimRequest, requireOwned: Guard): Promise<string | undefined> {
    const giveBack = this.#hosts.reserve(hostId, request);
    try {
      const host = await this.#database.claim(async (trx) => {
        await requireOwned(trx);
        return await this.#repository.claim(trx, hostId, request);
      });
      this.#hosts.learn(host);
      this.#log.debug({ server: request.serverId, host: hostId }, 'host chosen');
      return hostId;
    } catch (error) {
      if (!(error instanceof NothingClaimed)) throw error;
    } finally {
      giveBack();
    }
    const [host] = await this.#repository.rows([hostId]);
    if (host) this.#hosts.learn(host);
    else this.#hosts.expire();
    return (await this.#repository.findAllocation(request.serverId))?.host_id;
  }

  /** What is known may be old, or about to be claimed and not claimed after all: only the database says that none is left. */
  async #lookAnew(asked: ClaimRequest): Promise<string> {
    await this.#hosts.read();
    const request = await this.#amongOthers(asked);
    const found = this.#hosts.choose(request, { surely: true });
    if (found !== undefined) return found;
    const none = noValidHost(this.#hosts.candidates(), request);
    // Its own claim may be what has filled the host.
    const held = await this.#repository.findAllocation(request.serverId);
    if (held) return held.host_id;
    throw none;
  }

  // What is taken and given back without a choice of a host is said to `HeldRooms`.
  readonly place = async (trx: Transaction, hostId: string, room: ServerRoom) =>
    await this.#held.place(trx, hostId, room);
  readonly changeDisk = async (trx: Transaction, serverId: string, gib: number) =>
    await this.#held.changeDisk(trx, serverId, gib);
  readonly release = async (trx: Transaction, serverId: string) => await this.#held.release(trx, serverId);
  readonly exchange = async (trx: Transaction, serverId: string, migrationId: string) =>
    await this.#held.exchange(trx, serverId, migrationId);

  /** Takes over what a host says of itself; the first report makes it known. */
  async reportHost(context: Context, hostId: string, facts: HostFacts): Promise<void> {
    await this.#storeReport(context, hostId, facts);
    this.#arrivals.came(hostId);
  }

  async #storeReport(context: Context, hostId: string, facts: HostFacts): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const known = await this.#repository.find(hostId, trx);
      const now = after(known?.last_seen_at);
      const name = await this.#repository.freeName(trx, hostId, facts.hostname);
      const inventory = {
        name,
        facts: JSON.stringify({ traits: traitsOfEarlier(facts.capabilities), ...facts }),
        vcpus: facts.vcpus,
        memory_mib: Math.max(0, facts.memoryMib - RESERVED_MEMORY_MIB),
        disk_gib: facts.diskGib,
        last_seen_at: now,
        state: 'up',
      };
      if (known) {
        const since = known.state === 'up' ? known.since : now;
        const host = await this.#repository.update(trx, hostId, { ...inventory, since });
        this.#database.afterCommit(trx, () => this.#hosts.learn(host));
      } else {
        await this.#repository.insert(trx, { id: hostId, since: now, ...inventory });
        this.#database.afterCommit(trx, () => this.#hosts.expire());
      }
      await this.#record(trx, context, { id: hostId, name }, known ? 'host.update' : 'host.create');
      const zone = known?.zone ?? DEFAULT_ZONE;
      this.#database.afterCommit(trx, () => this.#directory.learn({ id: hostId, name, zone }));
    });
  }

  /** What people call a host; its id where it has not been heard of yet. */
  nameOf(hostId: string): string {
    return this.#directory.nameOf(hostId);
  }

  /** The availability zone a host is in. */
  zoneOf(hostId: string): string {
    return this.#directory.zoneOf(hostId);
  }

  ids(): string[] {
    return this.#directory.ids();
  }

  /** Undefined when no host is called so. */
  idOf(name: string): string | undefined {
    return this.#directory.idOf(name);
  }

  /**
   * A host's connection came or went. A host that went counts as up for a grace time, for agents are restarted in a
   * moment: what is placed there meanwhile waits for it.
   */
  async setHostState(context: Context, hostId: string, state: 'up' | 'down'): Promise<void> {
    clearTimeout(this.#leaving.get(hostId));
    const wasLeaving = this.#leaving.delete(hostId);
    if (state === 'up' && wasLeaving) return await this.#tell(context, hostId, 'host.up');
    if (state === 'up' || this.#graceMs === 0) return await this.#storeState(context, hostId, state);
    const leave = () => {
      this.#leaving.delete(hostId);
      this.#storeState(context, hostId, 'down').catch((error: unknown) => {
        this.#log.error({ err: error, host: hostId }, 'the state of a host could not be recorded');
      });
    };
    this.#leaving.set(hostId, setTimeout(leave, this.#graceMs));
    // Its machines cannot be reached from now on: people are told at once, whatever is still placed there.
    await this.#tell(context, hostId, 'host.away');
  }

  /** Hosts that are away just now are marked down by the next start. */
  close(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
  }

  async #storeState(context: Context, hostId: string, state: 'up' | 'down'): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const known = await this.#repository.find(hostId, trx);
      if (!known || known.state === state) return;
      const now = after(known.last_seen_at);
      const host = await this.#repository.update(trx, hostId, { state, since: now, last_seen_at: now });
      this.#database.afterCommit(trx, () => this.#hosts.learn(host));
      await this.#record(trx, context, known, `host.${state}`);
    });
  }

  async #tell(context: Context, hostId: string, type: EventName): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const known = await this.#repository.find(hostId, trx);
      if (known) await this.#record(trx, context, known, type);
    });
  }

  /** Whoever has machines hears of hosts: where one is away, theirs are. */
  async #record(
    trx: Transaction,
    context: Context,
    { id, name }: { id: string; name: string },
    type: EventName,
  ): Promise<void> {
    await this.#events.record(trx, context, { type, resourceId: id, projectId: '*', payload: { name } });
  }

  /** At start no agent is connected yet: whoever dials in is up again. */
  async markAllDown(): Promise<void> {
    const hosts = await this.#database.transaction(async (trx) => {
      await this.#repository.markAllDown(trx);
      this.#database.afterCommit(trx, () => this.#hosts.expire());
      return await this.#repository.hosts(trx);
    });
    for (const host of hosts) this.#directory.learn(host);
    // Also those that were down: an agent may have ended a moment before the last controller did.
    this.#arrivals.expect(hosts.map(({ id }) => id));
  }

  async listHosts(): Promise<KnownHost[]> {
    const hosts = await this.#repository.hosts();
    for (const host of hosts) this.#directory.learn(host);
    return hosts.map((host) => this.#view(host));
  }

  /** Its machines stay where they are, and are in no group. */
  async forgetGroup(trx: Transaction, groupId: string): Promise<void> {
    await this.#repository.forgetGroup(trx, groupId);
  }

  async showHost(hostId: string): Promise<KnownHost> {
    const host = await this.#repository.find(hostId);
    if (!host) throw new UserError('not_found', `Host ${hostId} could not be found.`);
    return this.#view(host);
  }

  #view(host: HostRecord): KnownHost {
    return { ...toHostView(host), isAway: host.state !== 'up' || this.#leaving.has(host.id) };
  }
}
