import {
  type Candidate,
  type ClaimRequest,
  type HostKind,
  NOTHING_KNOWN,
  namesHosts,
  OF_ID,
  OF_KIND,
  preference,
  RESOURCES,
  type Room,
  readFacts,
} from './host.filters.ts';
import { best, type FreeRoom } from './host.weighers.ts';
import type { HostRow, SchedulerRepository } from './scheduler.repository.ts';

/** How old what a decision is made on may be, milliseconds: other controllers claim and give back too. */
const FRESH_MS = 1_000;
/** By what it is told from other capabilities, which have a colon. */
const TRAIT = /^[A-Z0-9_]+$/;

interface Host {
  readonly id: string;
  name: string;
  /** Its place in the columns, by name. */
  index: number;
  /** Of its row, as it is known. */
  revision: number;
  /** When the facts came that are known. */
  reportedAt: string | null;
}

interface Kind extends HostKind {
  readonly key: string;
  /** Whether its hosts will do for the request that is decided on. */
  isAble: boolean;
}

/**
 * All hosts in memory, as the database last told of them, less what this controller is about to claim. What this
 * controller changes is known at once; what others do is read again from time to time, or when a claim is refused.
 */
export class HostSnapshot {
  readonly #repository: SchedulerRepository;
  #hosts: Host[] = [];
  #byId = new Map<string, Host>();
  /** One of each, and the one that each host is of. */
  #kinds = new Map<string, Kind>();
  #kindOf: Kind[] = [];
  /** By the database. */
  #left: FreeRoom = columns(0);
  /** The same less the claims that are on their way. */
  #free: FreeRoom = columns(0);
  /** Used by each decision anew. */
  #fit = new Int32Array(0);
  /** When what is known was begun to be read; and not known since. */
  #readAt = Number.NEGATIVE_INFINITY;
  #expiredAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(repository: SchedulerRepository) {
    this.#repository = repository;
  }

  /** Before a decision. */
  async refresh(): Promise<void> {
    await this.read(Math.max(performance.now() - FRESH_MS, this.#expiredAt));
  }

  /** Until all is known that was committed by then. Who asks while it is read waits for the same. */
  async read(since = performance.now()): Promise<void> {
    while (this.#readAt <= since) {
      this.#reading ??= this.#readAll().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
  }

  /** Something was committed that is read before the next decision. */
  expire(): void {
    this.#expiredAt = performance.now();
  }

  /** A row as it was committed, with the facts where they may be others than before. */
  learn(row: HostRow & { facts?: string | null }): void {
    const host = this.#byId.get(row.id);
    if (host && row.revision < host.revision) return;
    const isKnown = row.facts !== undefined || row.last_seen_at === host?.reportedAt;
    if (host?.name !== row.name || !isKnown) this.expire();
    if (host) this.#store(host, row);
  }

  /** Seen by the next decision at once; the answer gives it back, whether the claim was made or not. */
  reserve(id: string, room: Room): () => void {
    this.#reserve(id, room, 1);
    return () => this.#reserve(id, room, -1);
  }

  /**
   * The best host for the request, undefined where none will do. `surely`: by the database alone, for what this
   * controller is about to claim may come free again.
   */
  choose(request: ClaimRequest, { surely = false } = {}): string | undefined {
    const free = surely ? this.#left : this.#free;
    for (const kind of this.#kinds.values()) kind.isAble = OF_KIND.every(({ passes }) => passes(kind, request));
    const isNamed = namesHosts(request);
    const fit = this.#fit;
    let count = 0;
    for (let index = 0; index < this.#kindOf.length; index++) {
      if (!(this.#kindOf[index] as Kind).isAble) continue;
      if (isNamed && !OF_ID.every(({ passes }) => passes(this.#hosts[index] as Host, request))) continue;
      fit[count++] = index;
    }
    for (const resource of RESOURCES) {
      const column = free[resource];
      const wanted = request[resource];
      let left = 0;
      for (let at = 0; at < count; at++) {
        const index = fit[at] as number;
        if ((column[index] as number) >= wanted) fit[left++] = index;
      }
      count = left;
    }
    count = this.#preferred(request, count);
    const chosen = best(free, fit.subarray(0, count));
    return chosen === undefined ? undefined : this.#hosts[chosen]?.id;
  }

  /** Those of the first `count` that fit which have the most, or the fewest, machines of a soft group. */
  #preferred(request: ClaimRequest, count: number): number {
    const sign = preference(request);
    if (sign === 0) return count;
    const fit = this.#fit;
    const weight = (at: number) => sign * (request.group?.machines?.get(this.#hosts[fit[at] as number]?.id ?? '') ?? 0);
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at++) most = Math.max(most, weight(at));
    let left = 0;
    for (let at = 0; at < count; at++) if (weight(at) === most) fit[left++] = fit[at] as number;
    return left;
  }

  /** Of a host, as it last told of itself. */
  traitsOf(id: string): readonly string[] {
    const kind = this.#kindOf[this.#byId.get(id)?.index ?? -1] ?? NOTHING_KNOWN;
    return kind.capabilities.filter((capability) => TRAIT.test(capability));
  }

  /** By the database; for the reasons why none will do. */
  candidates(): Candidate[] {
    const { memoryMib, vcpus, diskGib } = this.#left;
    return this.#hosts.map(({ id, index }) => ({
      id,
      ...(this.#kindOf[index] as Kind),
      free: { memoryMib: memoryMib[index] ?? 0, vcpus: vcpus[index] ?? 0, diskGib: diskGib[index] ?? 0 },
    }));
  }

  async #readAll(): Promise<void> {
    const begunAt = performance.now();
    const rows = await this.#repository.rows();
    const reported = rows.filter(({ id, last_seen_at }) => {
      const host = this.#byId.get(id);
      return host === undefined || host.reportedAt !== last_seen_at;
    });
    const facts = await this.#repository.facts(reported.map(({ id }) => id));
    this.#arrange(rows);
    for (const row of rows) {
      const host = this.#byId.get(row.id);
      const told = facts.get(row.id);
      if (host && row.revision >= host.revision) this.#store(host, told === undefined ? row : { ...row, facts: told });
    }
    this.#readAt = begunAt;
  }

  /** Places for all of them, by name; what is about to be claimed on a host goes with it. */
  #arrange(rows: readonly HostRow[]): void {
    if (rows.length === this.#hosts.length && rows.every(({ id }, index) => this.#hosts[index]?.id === id)) return;
    const [left, free] = [columns(rows.length), columns(rows.length)];
    this.#kindOf = rows.map(({ id }) => this.#kindOf[this.#byId.get(id)?.index ?? -1] ?? this.#kind(NOTHING_KNOWN));
    this.#hosts = rows.map(({ id, name }, index) => {
      const host = this.#byId.get(id);
      if (!host) return { id, name, index, revision: -1, reportedAt: null };
      for (const resource of RESOURCES) {
        left[resource][index] = this.#left[resource][host.index] as number;
        free[resource][index] = this.#free[resource][host.index] as number;
      }
      return Object.assign(host, { index });
    });
    this.#byId = new Map(this.#hosts.map((host) => [host.id, host]));
    [this.#left, this.#free, this.#fit] = [left, free, new Int32Array(rows.length)];
  }

  #store(host: Host, row: HostRow & { facts?: string | null }): void {
    const { index } = host;
    const before = this.#kindOf[index] as Kind;
    const isUsable = row.state === 'up' && row.disabled_reason === null && row.forced_down === 0;
    const { zone } = row;
    if (row.facts !== undefined || isUsable !== before.isUsable || zone !== before.zone) {
      const told = row.facts === undefined ? before : readFacts(row.facts);
      this.#kindOf[index] = this.#kind({ ...told, isUsable, zone });
    }
    if (row.facts !== undefined) host.reportedAt = row.last_seen_at;
    host.name = row.name;
    host.revision = row.revision;
    const left: Room = {
      memoryMib: Math.floor(row.memory_mib * row.memory_ratio) - row.used_memory_mib,
      vcpus: Math.floor(row.vcpus * row.vcpu_ratio) - row.used_vcpus,
      diskGib: Math.floor(row.disk_gib * row.disk_ratio) - row.used_disk_gib,
    };
    for (const resource of RESOURCES) {
      const [known, free] = [this.#left[resource], this.#free[resource]];
      free[index] = (free[index] as number) + left[resource] - (known[index] as number);
      known[index] = left[resource];
    }
  }

  #reserve(id: string, room: Room, sign: 1 | -1): void {
    const host = this.#byId.get(id);
    if (!host) return;
    for (const resource of RESOURCES) {
      const free = this.#free[resource];
      free[host.index] = (free[host.index] as number) - sign * room[resource];
    }
  }

  #kind({ isUsable, capabilities, trouble, zone }: HostKind): Kind {
    const key = JSON.stringify([isUsable, capabilities, trouble, zone]);
    const known = this.#kinds.get(key);
    if (known) return known;
    // Of those that no host is of any more only so many are kept.
    if (this.#kinds.size > 2 * this.#hosts.length) this.#kinds = new Map(this.#kindOf.map((kind) => [kind.key, kind]));
    const kind = { key, isUsable, capabilities, trouble, zone, isAble: false };
    this.#kinds.set(key, kind);
    return kind;
  }
}

function columns(hosts: number): Record<keyof Room, Float64Array> {
  return { memoryMib: new Float64Array(hosts), vcpus: new Float64Array(hosts), diskGib: new Float64Array(hosts) };
}
