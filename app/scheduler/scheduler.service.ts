import { EventEmitter, once } from 'node:events';
import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { OperationalError, UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { HostFacts } from '../contract/host.ts';
import type { KnownHost } from '../contract/v1.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { SchedulerHostTable } from '../database/tables.ts';
import type { EventService } from '../events/event.service.ts';
import { type ClaimRequest, FILTERS, toCandidate } from './host.filters.ts';
import { best } from './host.weighers.ts';
import type { SchedulerRepository } from './scheduler.repository.ts';

/** Overcommit of a new host: Nova's CPU ratio is 4 on recent releases; memory and disk are not overcommitted. */
const RATIOS = { vcpus: 4, memory: 1, disk: 1 };
/** How long after a start of the controller the hosts it knows are waited for, milliseconds. */
const ARRIVAL_TIME = 20_000;
/** How long a host whose connection is lost counts as up, milliseconds: an agent's restart takes a second or two. */
const GRACE_MS = 15_000;
/** Memory the host keeps for itself, MiB (Nova's `reserved_host_memory_mb`). */
const RESERVED_MEMORY_MIB = 512;

/** Stands for the host that a new cloud will have; no host's name is empty. */
const FIRST_HOST = '';

/** Knows the hosts and what is claimed on them; decides where a machine goes. */
export class SchedulerService {
  readonly #database: Database;
  readonly #repository: SchedulerRepository;
  readonly #events: EventService;
  readonly #log: Logger;
  readonly #graceMs: number;
  /** Hosts in their grace time. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  /** Hosts that have not reported since this controller started; {@link FIRST_HOST} where there was none. */
  readonly #expected = new Set<string>();
  #arrivalEnds = 0;
  /** Display names by id, for views that show many hosts. */
  readonly #names = new Map<string, string>();
  readonly #arrivals = new EventEmitter();

  constructor(parts: {
    database: Database;
    repository: SchedulerRepository;
    events: EventService;
    log: Logger;
    /** How long a host whose connection is lost counts as up, milliseconds. */
    graceMs?: number;
  }) {
    this.#graceMs = parts.graceMs ?? GRACE_MS;
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#events = parts.events;
    this.#log = parts.log;
    this.#arrivals.setMaxListeners(0);
  }

  /**
   * After a start of the controller its agents need a moment to dial in: waits until a host would do, or nobody is
   * missing any more. Returns at once at any other time.
   */
  async awaitHosts(request: ClaimRequest, signal: AbortSignal): Promise<void> {
    while (this.#expected.size > 0) {
      const left = this.#arrivalEnds - performance.now();
      if (left <= 0) return this.#expected.clear();
      const enough = new AbortController();
      // Listens before it looks: a host that comes in between must not be missed.
      const ends = AbortSignal.any([signal, enough.signal, AbortSignal.timeout(Math.ceil(left))]);
      const arrival = once(this.#arrivals, 'host', { signal: ends }).catch(() => undefined);
      const candidates = (await this.#repository.hosts(this.#database.query)).map(toCandidate);
      if (candidates.some((host) => FILTERS.every((filter) => filter.passes(host, request)))) return enough.abort();
      await arrival;
      signal.throwIfAborted();
    }
  }

  /**
   * Chooses a host and claims its resources in `trx`, so that two requests can never claim the same. A server that
   * has a claim keeps it. Throws `no_valid_host` with the number of hosts each filter refused.
   */
  async claim(trx: Transaction, request: ClaimRequest): Promise<{ hostId: string }> {
    const held = await this.#repository.findAllocation(trx, request.serverId);
    if (held) return { hostId: held.host_id };
    let candidates = (await this.#repository.hosts(trx)).map(toCandidate);
    if (candidates.length === 0) {
      throw noValidHost(
        'No host has joined this cloud yet.',
        'Check under Hosts that the agent of this computer runs.',
      );
    }
    const reasons: string[] = [];
    let advice = '';
    for (const filter of FILTERS) {
      const passed = candidates.filter((host) => filter.passes(host, request));
      const refused = candidates.length - passed.length;
      if (refused > 0) reasons.push(`${filter.name} refused ${refused}: ${filter.explain(candidates, request)}`);
      if (passed.length === 0 && refused > 0) advice = filter.advise(candidates);
      candidates = passed;
    }
    const chosen = best(candidates);
    if (!chosen) {
      throw noValidHost(`No valid host was found. ${reasons.join('; ')}.`, advice);
    }
    await this.#repository.allocate(trx, chosen.id, request);
    this.#log.debug({ server: request.serverId, host: chosen.id, reasons }, 'host chosen');
    return { hostId: chosen.id };
  }

  /** Counts what a machine takes that is there already, whatever room is left. */
  async place(
    trx: Transaction,
    hostId: string,
    room: Pick<ClaimRequest, 'serverId' | 'vcpus' | 'memoryMib' | 'diskGib'>,
  ): Promise<void> {
    await this.#repository.allocate(trx, hostId, room);
  }

  /** Gives back what the server holds, wherever that is; nothing to give back is fine. */
  async release(trx: Transaction, serverId: string): Promise<void> {
    const held = await this.#repository.findAllocation(trx, serverId);
    if (held) await this.#repository.free(trx, held);
  }

  /** Takes over what a host says of itself; the first report makes it known. */
  async reportHost(context: Context, hostId: string, facts: HostFacts): Promise<void> {
    await this.#storeReport(context, hostId, facts);
    this.#expected.delete(hostId);
    this.#expected.delete(FIRST_HOST);
    this.#arrivals.emit('host');
  }

  async #storeReport(context: Context, hostId: string, facts: HostFacts): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const now = new Date().toISOString();
      const known = await this.#repository.find(hostId, trx);
      const name = await this.#freeName(trx, hostId, facts.hostname);
      const inventory = {
        name,
        facts: JSON.stringify(facts),
        vcpus: facts.vcpus,
        memory_mib: Math.max(0, facts.memoryMib - RESERVED_MEMORY_MIB),
        disk_gib: facts.diskGib,
        last_seen_at: now,
        state: 'up',
      };
      if (known) {
        await this.#repository.update(trx, hostId, { ...inventory, ...(known.state === 'up' ? {} : { since: now }) });
      } else {
        await this.#repository.insert(trx, {
          id: hostId,
          since: now,
          used_vcpus: 0,
          used_memory_mib: 0,
          used_disk_gib: 0,
          machines: 0,
          vcpu_ratio: RATIOS.vcpus,
          memory_ratio: RATIOS.memory,
          disk_ratio: RATIOS.disk,
          disabled_reason: null,
          ...inventory,
        });
      }
      await this.#record(trx, context, { id: hostId, name }, known ? 'host.update' : 'host.create');
      this.#database.afterCommit(trx, () => this.#names.set(hostId, name));
    });
  }

  /** Names are unique, for clients call hosts by them; the later of two hosts of one name gets a part of its id too. */
  async #freeName(trx: Transaction, hostId: string, wanted: string): Promise<string> {
    const holder = await this.#repository.findByName(wanted, trx);
    return holder === undefined || holder.id === hostId ? wanted : `${wanted}-${hostId.slice(0, 8)}`;
  }

  /** What people call a host; its id where it has not been heard of yet. */
  nameOf(hostId: string): string {
    return this.#names.get(hostId) ?? hostId;
  }

  ids(): string[] {
    return [...this.#names.keys()];
  }

  /** Undefined when no host is called so. */
  idOf(name: string): string | undefined {
    for (const [id, known] of this.#names) if (known === name) return id;
    return undefined;
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
      const now = new Date().toISOString();
      await this.#repository.update(trx, hostId, { state, since: now, last_seen_at: now });
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
      return await this.#repository.hosts(trx);
    });
    for (const { id, name } of hosts) {
      this.#names.set(id, name);
      // Also one that was down: its agent may have ended a moment before the last controller did.
      this.#expected.add(id);
    }
    if (hosts.length === 0) this.#expected.add(FIRST_HOST);
    this.#arrivalEnds = performance.now() + ARRIVAL_TIME;
  }

  async listHosts(): Promise<KnownHost[]> {
    return (await this.#repository.hosts(this.#database.query)).map((host) => this.#view(host));
  }

  async showHost(hostId: string): Promise<KnownHost> {
    const host = await this.#repository.find(hostId);
    if (!host) throw new UserError('not_found', `Host ${hostId} could not be found.`);
    return this.#view(host);
  }

  #view(host: SchedulerHostTable): KnownHost {
    return { ...toView(host), isAway: host.state !== 'up' || this.#leaving.has(host.id) };
  }
}

function noValidHost(message: string, hint: string): OperationalError {
  return new OperationalError('no_valid_host', 'controller', message, { hint });
}

function toView(host: SchedulerHostTable): Omit<KnownHost, 'isAway'> {
  return {
    id: host.id,
    name: host.name,
    state: host.state === 'up' ? 'up' : 'down',
    since: host.since,
    lastSeenAt: host.last_seen_at,
    facts: host.facts === null ? null : JSON.parse(host.facts),
    allocated: {
      vcpus: host.used_vcpus,
      memoryMib: host.used_memory_mib,
      diskGib: host.used_disk_gib,
      machines: host.machines,
    },
    ratios: { vcpus: host.vcpu_ratio, memory: host.memory_ratio, disk: host.disk_ratio },
  };
}
