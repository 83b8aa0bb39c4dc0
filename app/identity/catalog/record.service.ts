import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { EventsBelow, IdentityChange } from '../../contract/events.ts';
import type { Database, Queryable, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import { extraOf } from '../extra-attributes.ts';
import { notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import { matchesInexactly } from '../inexact-filter.ts';
import type { RecordRepository, StoredRecord } from './record.repository.ts';

export type Sent = Readonly<Record<string, unknown>>;
/** What has events of its own for each change. */
type Thing = EventsBelow<'identity'> extends infer Name ? (Name extends `${infer One}.updated` ? One : never) : never;
type Filter = Readonly<Record<string, unknown>>;

/** What sets one kind of record apart from the others. */
export interface RecordKind<R extends StoredRecord> {
  /** As in paths, events and bodies: `endpoint_group`. */
  readonly thing: Thing;
  /** As messages say it, where that is another word. */
  readonly title?: string;
  /** The columns a client may set, with the values they have when it does not. */
  readonly defaults: Omit<R, 'id' | 'extra'>;
  /** Unknown attributes are stored as well; these are known though no columns. */
  readonly extra?: { readonly known: readonly string[] };
  /** Columns that lists can be filtered by. */
  readonly filters: readonly string[];
  /** Throws where the record, as it would be, cannot be stored. */
  readonly check?: (trx: Transaction, record: R, stored: R | undefined) => Promise<void>;
  readonly checkDelete?: (trx: Transaction, record: R) => Promise<void>;
  /** Called after every commit that changed one of them. */
  readonly changed?: () => void;
}

/** Making, reading, changing and deleting of records that are all alike, each with its event. */
export class RecordService<R extends StoredRecord> {
  readonly kind: RecordKind<R>;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #records: RecordRepository<R>;

  constructor(kind: RecordKind<R>, parts: { database: Database; events: EventService; records: RecordRepository<R> }) {
    this.kind = kind;
    this.#database = parts.database;
    this.#events = parts.events;
    this.#records = parts.records;
  }

  async list(query: Filter = {}): Promise<R[]> {
    const where: Record<string, string> = {};
    for (const column of this.kind.filters) {
      const sought = query[column];
      if (typeof sought === 'string') where[column] = sought;
    }
    const records = await this.#records.list(where);
    return records.filter((record) => matchesInexactly({ ...extraIn(record), ...record }, query));
  }

  async find(id: string, on?: Queryable): Promise<R | undefined> {
    return await this.#records.find(id, on);
  }

  /** Throws 404 where it is not there. */
  async get(id: string, on?: Queryable): Promise<R> {
    return (await this.#records.find(id, on)) ?? this.#notThere(id);
  }

  /** `id` where the caller may choose it; `secrets` are columns that clients do not set. */
  async create(context: Context, sent: Sent, id = newIdentityId(), secrets: Partial<R> = {}): Promise<R> {
    const record = { id, ...this.#merge(sent, this.kind.defaults), ...secrets } as R;
    await this.#change(context, record.id, 'created', async (trx) => {
      await this.kind.check?.(trx, record, undefined);
      await this.#records.insert(trx, record);
    });
    return record;
  }

  /** All of them or none. */
  async createMany(context: Context, list: readonly Sent[]): Promise<R[]> {
    const records = list.map((sent) => ({ id: newIdentityId(), ...this.#merge(sent, this.kind.defaults) }) as R);
    await this.#database.transaction(async (trx) => {
      for (const record of records) {
        await this.kind.check?.(trx, record, undefined);
        await this.#records.insert(trx, record);
        await this.#record(trx, context, record.id, 'created');
      }
    });
    return records;
  }

  async update(context: Context, id: string, sent: Sent): Promise<R> {
    if (sent.id !== undefined && sent.id !== id) {
      const { thing } = this.kind;
      throw new UserError('bad_request', `Cannot change ${thing} ID`, { field: `${thing}.id` });
    }
    return await this.#change(context, id, 'updated', async (trx) => {
      const record = await this.#records.update(trx, id, async (stored) => {
        const next = { id, ...this.#merge(sent, stored, extraIn(stored)) } as R;
        await this.kind.check?.(trx, next, stored);
        return next;
      });
      return record ?? this.#notThere(id);
    });
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#change(context, id, 'deleted', async (trx) => {
      await this.kind.checkDelete?.(trx, await this.get(id, trx));
      await this.#records.delete(trx, id);
    });
  }

  #notThere(id: string): never {
    throw notFound(this.kind.title ?? this.kind.thing, id);
  }

  #merge(sent: Sent, stored: object, storedExtra: Record<string, unknown> = {}): object {
    const { defaults, extra } = this.kind;
    const columns = Object.keys(defaults);
    const set = Object.fromEntries(
      Object.entries(sent).filter(([key, value]) => columns.includes(key) && value !== undefined),
    );
    return {
      ...stored,
      ...set,
      ...(extra ? { extra: extraOf(sent, [...columns, ...extra.known], storedExtra) } : {}),
    };
  }

  async #change<T>(
    context: Context,
    id: string,
    verb: IdentityChange,
    work: (trx: Transaction) => Promise<T>,
  ): Promise<T> {
    return await this.#database.transaction(async (trx) => {
      const done = await work(trx);
      await this.#record(trx, context, id, verb);
      return done;
    });
  }

  async #record(trx: Transaction, context: Context, id: string, verb: IdentityChange): Promise<void> {
    const { thing } = this.kind;
    await this.#events.record(trx, context, { type: `identity.${thing}.${verb}`, resourceId: id, projectId: null });
    this.#database.afterCommit(trx, () => this.kind.changed?.());
  }
}

export function extraIn(record: object): Record<string, unknown> {
  return 'extra' in record ? (record.extra as Record<string, unknown>) : {};
}
