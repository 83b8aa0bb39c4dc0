import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { missing } from '../resource/missing.ts';
import { Resource } from '../resource/resource.ts';
import { type CONSUMERS, type QosSpecsRecord, qosSpecs } from './qos-specs.tables.ts';
import { fewSpecs, type Specs } from './specs.routes.ts';
import type { VolumeTypeRecord } from './volume-type.tables.ts';

interface QosChange {
  readonly consumer?: (typeof CONSUMERS)[number] | undefined;
  readonly [key: string]: string | null | undefined;
}

/** How fast volumes may be; types of volumes are associated with one each. */
export class QosSpecsService {
  readonly records: Resource<QosSpecsRecord>;
  readonly #database: Database;
  readonly #types: Resource<VolumeTypeRecord>;

  constructor(parts: { database: Database; events: EventService; types: { records: Resource<VolumeTypeRecord> } }) {
    this.#database = parts.database;
    this.#types = parts.types.records;
    this.records = new Resource<QosSpecsRecord>(
      {
        table: qosSpecs,
        notFound: (id) => missing(`No such QoS spec ${id}.`),
        events: { created: 'qos_specs.create', updated: 'qos_specs.update', deleted: 'qos_specs.delete' },
        told: ({ name }) => ({ payload: { name } }),
        unique: [
          {
            attributes: ['name'],
            taken: ({ name }) =>
              new UserError('conflict', `QoS Specs ${name} already exists.`, { field: 'qos_specs.name' }),
          },
        ],
        checkDelete: async (trx, { id }) => {
          if ((await this.typesOf(id, trx)).length > 0) throw new UserError('bad_request', 'Qos specs still in use.');
        },
      },
      parts,
    );
  }

  async update(context: Context, id: string, { consumer, ...sent }: QosChange): Promise<void> {
    const changes = sent as Specs;
    await this.records.update(context, id, (record) => {
      const specs = fewSpecs({ ...record.specs, ...changes }, 'qos_specs');
      return { ...record, consumer: consumer ?? record.consumer, specs };
    });
  }

  /** All of the keys, or none where one is not there. */
  async deleteKeys(context: Context, id: string, keys: readonly string[]): Promise<void> {
    const change = (record: QosSpecsRecord): QosSpecsRecord => {
      const absent = keys.find((key) => !Object.hasOwn(record.specs, key));
      if (absent !== undefined) {
        throw missing(`QoS spec ${id} has no spec with key ${absent}.`, { field: 'keys' });
      }
      const kept = Object.entries(record.specs).filter(([key]) => !keys.includes(key));
      return { ...record, specs: Object.fromEntries(kept) };
    };
    await this.records.update(context, id, change, {}, 'qos_specs.delete_keys');
  }

  /** Where it is forced, types that are associated let go of it first. */
  async delete(context: Context, id: string, isForced: boolean): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const record = await this.records.get(id, trx);
      if (isForced) await this.#release(trx, record);
      await this.records.kind.checkDelete?.(trx, record);
      await this.records.remove(trx, context, record);
    });
  }

  /** The types that are associated with it. */
  async typesOf(id: string, on?: Queryable): Promise<VolumeTypeRecord[]> {
    await this.records.get(id, on);
    return await this.#types.list({ is: { qosSpecsId: id } }, on);
  }

  async associate(context: Context, id: string, typeId: string): Promise<void> {
    await this.#change(context, id, 'qos_specs.associate', async (trx) => {
      await this.#put(trx, typeId, ({ qosSpecsId }) => {
        if (qosSpecsId !== null && qosSpecsId !== id) {
          const message = `Type ${typeId} is already associated with another qos specs: ${qosSpecsId}`;
          throw new UserError('bad_request', `Invalid volume type: ${message}`, { field: 'vol_type_id' });
        }
        return id;
      });
    });
  }

  /** Of another's type nothing changes. */
  async disassociate(context: Context, id: string, typeId: string): Promise<void> {
    await this.#change(context, id, 'qos_specs.disassociate', async (trx) => {
      await this.#put(trx, typeId, ({ qosSpecsId }) => (qosSpecsId === id ? null : qosSpecsId));
    });
  }

  async disassociateAll(context: Context, id: string): Promise<void> {
    await this.#change(context, id, 'qos_specs.disassociate_all', (trx, record) => this.#release(trx, record));
  }

  async #release(trx: Transaction, { id }: QosSpecsRecord): Promise<void> {
    for (const { id: typeId } of await this.#types.list({ is: { qosSpecsId: id } }, trx)) {
      await this.#put(trx, typeId, () => null);
    }
  }

  async #put(trx: Transaction, typeId: string, choose: (type: VolumeTypeRecord) => string | null): Promise<void> {
    const type = await this.#types.get(typeId, trx);
    const qosSpecsId = choose(type);
    await this.#types.store.update(trx, typeId, (stored) => ({ ...stored, qosSpecsId }));
  }

  async #change(
    context: Context,
    id: string,
    event: EventName,
    work: (trx: Transaction, record: QosSpecsRecord) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const record = await this.records.get(id, trx);
      await work(trx, record);
      await this.records.tell(trx, context, record, event);
    });
  }
}
