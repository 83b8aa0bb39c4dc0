import { noteMade } from '../audit/audited-request.ts';
import type { Context } from '../contract/context.ts';
import { UnexpectedError, type UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService, NewEvent } from '../events/event.service.ts';
import type { QuotaResource } from '../quota/quota.limits.ts';
import type { QuotaScope, QuotaService } from '../quota/quota.service.ts';
import type { CollectionQuery, ResourceTable, Scope } from './collection-query.ts';
import { ResourceStore } from './resource.store.ts';

/** What sets one kind of resource apart from the others. */
export interface ResourceKind<R extends object> {
  readonly table: ResourceTable<R>;
  /** The attribute by which requests name one, where it is not `id`. */
  readonly id?: keyof R & string;
  readonly notFound: (id: string, scope: Scope<R>) => UserError;
  readonly events: { readonly created: EventName; readonly updated?: EventName; readonly deleted: EventName };
  /** Whom events tell, and of what; silent: administrators, of the id. `trx` is for what of it stands elsewhere. */
  readonly told?: (record: R, context: Context, event: EventName, trx: Transaction) => Told | Promise<Told>;
  /** No two have the same of these; `taken` says so. */
  readonly unique?: readonly {
    readonly attributes: readonly (keyof R & string)[];
    readonly taken: (record: R) => UserError;
  }[];
  readonly quota?: ResourceQuota<R>;
  /** Throws where the record, as it would be, cannot be stored. */
  readonly check?: (trx: Transaction, record: R, stored: R | undefined) => Promise<void>;
  readonly checkDelete?: (trx: Transaction, record: R) => Promise<void>;
  /** What changes elsewhere with it, in the same transaction: after it was made, or changed from `stored`. */
  readonly written?: (trx: Transaction, record: R, stored: R | undefined) => Promise<void>;
  /** As {@link written}, before it goes. */
  readonly deleting?: (trx: Transaction, record: R, context: Context) => Promise<void>;
  /** Called after every commit that changed one of them. */
  readonly changed?: () => void;
}

type Maker<R> = (trx: Transaction) => Promise<R>;
type Told = Partial<Omit<NewEvent, 'type'>>;

/** What is there for whoever asks, or how that is found out: in the transaction that is to change something. */
export type FoundScope<R> = Scope<R> | ((trx: Transaction) => Promise<Scope<R>>);

/** The limit on how many there are. */
export interface ResourceQuota<R> {
  readonly resource: QuotaResource;
  /** Against whose limit a new one counts. */
  readonly scope: (record: R, context: Context) => QuotaScope;
  /** Which of them are used up of a limit; null where none are. */
  readonly counted: (scope: QuotaScope) => Scope<R> | null;
}

export interface ResourceParts {
  database: Database;
  events: EventService;
  /** Only for kinds that have a limit. */
  quota?: QuotaService;
}

/** Making, reading, changing and deleting of things of one kind: each change a transaction with its event inside. */
export class Resource<R extends object> {
  readonly kind: ResourceKind<R>;
  readonly store: ResourceStore<R>;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #quota: QuotaService | undefined;

  constructor(kind: ResourceKind<R>, { database, events, quota }: ResourceParts) {
    this.kind = kind;
    this.#database = database;
    this.#events = events;
    this.#quota = quota;
    this.store = new ResourceStore({ database, table: kind.table, ...(kind.id && { id: kind.id }) });
    const limit = kind.quota;
    if (!limit) return;
    if (!quota) throw new UnexpectedError(`${kind.table.name} has a limit and nothing that counts it`);
    quota.register([limit.resource], async (query, scope) => {
      const counted = limit.counted(scope);
      return { [limit.resource]: counted === null ? 0 : await this.store.count(counted, query) };
    });
  }

  async list(query: CollectionQuery<R> = {}, on?: Queryable): Promise<R[]> {
    return await this.store.list(query, on);
  }

  async find(id: string, on?: Queryable, scope: Scope<R> = {}): Promise<R | undefined> {
    return await this.store.find(id, on, scope);
  }

  /** Throws 404 where it is not there, or out of `scope`. */
  async get(id: string, on?: Queryable, scope: Scope<R> = {}): Promise<R> {
    return (await this.store.find(id, on, scope)) ?? this.#missing(id, scope);
  }

  /** `record`, or what is made in the transaction of what is there. */
  async create(context: Context, record: R | Maker<R>, event = this.kind.events.created): Promise<R> {
    return await this.#database.transaction(async (trx) => {
      const made = typeof record === 'function' ? await (record as Maker<R>)(trx) : record;
      noteMade(made);
      await this.add(trx, context, made, event);
      return made;
    });
  }

  /** All of them or none. */
  async createMany(context: Context, records: readonly R[]): Promise<readonly R[]> {
    await this.#database.transaction(async (trx) => {
      for (const record of records) await this.add(trx, context, record);
    });
    return records;
  }

  /** As {@link create}, in a transaction that does more. */
  async add(trx: Transaction, context: Context, record: R, event = this.kind.events.created): Promise<void> {
    const { quota, check, written } = this.kind;
    await this.#assertUnique(trx, record, undefined);
    await check?.(trx, record, undefined);
    if (quota) await this.#quota?.check(trx, quota.scope(record, context), { [quota.resource]: 1 });
    await this.store.insert(trx, record);
    await written?.(trx, record, undefined);
    await this.tell(trx, context, record, event);
  }

  /** What `change` makes of it as it is in the transaction, in which it may do more. */
  async update(
    context: Context,
    id: string,
    change: (record: R, trx: Transaction) => R | Promise<R>,
    scope: FoundScope<R> = {},
    event = this.kind.events.updated,
  ): Promise<R> {
    return await this.#database.transaction(async (trx) =>
      this.alter(trx, context, id, change, await foundIn(trx, scope), event),
    );
  }

  /** As {@link update}, in a transaction that does more. */
  async alter(
    trx: Transaction,
    context: Context,
    id: string,
    change: (record: R, trx: Transaction) => R | Promise<R>,
    scope: Scope<R> = {},
    event = this.kind.events.updated,
  ): Promise<R> {
    let before: R | undefined;
    const record = await this.store.update(
      trx,
      id,
      async (stored) => {
        before = stored;
        const next = await change(stored, trx);
        await this.#assertUnique(trx, next, stored);
        await this.kind.check?.(trx, next, stored);
        return next;
      },
      scope,
    );
    if (!record) this.#missing(id, scope);
    await this.kind.written?.(trx, record, before);
    await this.tell(trx, context, record, event);
    return record;
  }

  /** `check` throws where this request may not, as `checkDelete` of its kind where nobody may. */
  async delete(context: Context, id: string, scope: FoundScope<R> = {}, check?: (record: R) => void): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const within = await foundIn(trx, scope);
      const record = await this.get(id, trx, within);
      check?.(record);
      await this.kind.checkDelete?.(trx, record);
      await this.remove(trx, context, record, within);
    });
  }

  /** All in the scope; where one of them may not go, none does. */
  async deleteMany(context: Context, scope: FoundScope<R>): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const within = await foundIn(trx, scope);
      for (const record of await this.store.list(within, trx)) {
        await this.kind.checkDelete?.(trx, record);
        await this.remove(trx, context, record, within);
      }
    });
  }

  /** As {@link delete} of what may go, in a transaction that does more. */
  async remove(trx: Transaction, context: Context, record: R, scope: Scope<R> = {}): Promise<void> {
    await this.kind.deleting?.(trx, record, context);
    await this.store.delete(trx, String(record[this.store.id]), scope);
    await this.tell(trx, context, record, this.kind.events.deleted);
  }

  #missing(id: string, scope: Scope<R>): never {
    throw this.kind.notFound(id, scope);
  }

  async #assertUnique(trx: Transaction, record: R, stored: R | undefined): Promise<void> {
    for (const { attributes, taken } of this.kind.unique ?? []) {
      if (stored && attributes.every((name) => record[name] === stored[name])) continue;
      const is = Object.fromEntries(attributes.map((name) => [name, record[name]])) as Partial<R>;
      if ((await this.store.count({ is }, trx)) > 0) throw taken(record);
    }
  }

  /** Records its event, as every change here does: for changes of what belongs to it elsewhere. */
  async tell(
    trx: Transaction,
    context: Context,
    record: R,
    type: EventName | undefined,
    payload?: NewEvent['payload'],
  ): Promise<void> {
    if (type !== undefined) {
      const resourceId = String(record[this.store.id]);
      const told = await this.kind.told?.(record, context, type, trx);
      await this.#events.record(trx, context, {
        type,
        resourceId,
        projectId: null,
        ...told,
        ...(payload && { payload }),
      });
    }
    this.#database.afterCommit(trx, () => this.kind.changed?.());
  }
}

async function foundIn<R>(trx: Transaction, scope: FoundScope<R>): Promise<Scope<R>> {
  return typeof scope === 'function' ? await scope(trx) : scope;
}
