import { DEFAULT_ZONE } from '../contract/availability-zone.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { Resource } from '../resource/resource.ts';
import { type AggregateRecord, aggregates } from './aggregate.tables.ts';
import type { HostClaims } from './collaborators.ts';
import { unknownHost } from './host-identity.ts';

const ZONE = 'availability_zone';
export type AggregateChange = Extract<EventName, `aggregate.${'update_prop' | 'update_metadata'}.end`>;

/** The zone an aggregate puts its hosts in; null where it says none. */
export function zoneOf({ metadata }: Pick<AggregateRecord, 'metadata'>): string | null {
  return metadata[ZONE] ?? null;
}

/** Groups of hosts. One that says so puts its hosts in an availability zone; a host is in one zone, and keeps it while it has machines. */
export class AggregateService {
  readonly records: Resource<AggregateRecord>;
  readonly #database: Database;
  readonly #claims: Pick<HostClaims, 'idOf' | 'control'>;

  constructor(parts: {
    database: Database;
    events: EventService;
    claims: Pick<HostClaims, 'idOf' | 'control'>;
  }) {
    this.#database = parts.database;
    this.#claims = parts.claims;
    this.records = new Resource<AggregateRecord>(
      {
        table: aggregates,
        notFound: (id) =>
          /^-?\d{1,15}$/.test(id)
            ? new UserError('not_found', `Aggregate ${id} could not be found.`)
            : new UserError('bad_request', `Invalid input received: Invalid id: ${id.slice(0, 40)} is not an integer.`),
        events: {
          created: 'aggregate.create.end',
          updated: 'aggregate.update_prop.end',
          deleted: 'aggregate.delete.end',
        },
        told: ({ name }) => ({ payload: { name } }),
        unique: [
          {
            attributes: ['name'],
            taken: ({ name }) =>
              new UserError('conflict', `Aggregate ${name} already exists.`, { field: 'aggregate.name' }),
          },
        ],
        check: async (trx, record, stored) => {
          if (stored) await this.#takeOverZone(trx, record, stored);
        },
        checkDelete: async (trx, record) => {
          if ((await this.#hostsOf(trx, record)).length === 0) return;
          throw new UserError(
            'bad_request',
            `Cannot remove aggregate ${record.id}. Reason: Host aggregate is not empty.`,
          );
        },
      },
      parts,
    );
  }

  /** Its number is given here, each once. */
  async create(context: Context, record: Omit<AggregateRecord, 'id'>): Promise<AggregateRecord> {
    return await this.#database.transaction(async (trx) => {
      const { last: id } = await trx
        .updateTable('compute_aggregate_number')
        .set((e) => ({ last: e('last', '+', 1) }))
        .returning('last')
        .executeTakeFirstOrThrow();
      const made = { ...record, id: Number(id) };
      await this.records.add(trx, context, made);
      return made;
    });
  }

  async update(
    context: Context,
    id: string,
    change: (record: AggregateRecord) => AggregateRecord,
    event?: AggregateChange,
  ): Promise<AggregateRecord> {
    const at = new Date().toISOString();
    return await this.records.update(context, id, (record) => ({ ...change(record), updatedAt: at }), {}, event);
  }

  async addHost(context: Context, id: string, name: string): Promise<AggregateRecord> {
    return await this.#database.transaction(async (trx) => {
      const record = await this.records.get(id, trx);
      const hostId = this.#claims.idOf(name);
      if (hostId === undefined) throw unknownHost(name);
      if ((await this.#hostsOf(trx, record)).includes(hostId)) {
        throw new UserError('conflict', `Aggregate ${record.id} already has host ${name}.`);
      }
      const zone = zoneOf(record);
      if (zone !== null) {
        const refuse = (reason: string) =>
          new UserError('conflict', `Cannot add host to aggregate ${record.id}. Reason: ${reason}.`);
        await this.#move(trx, record, [hostId], zone, refuse);
      }
      await trx.insertInto('compute_aggregate_host').values({ aggregate_id: record.id, host_id: hostId }).execute();
      return await this.#changed(trx, context, record, 'aggregate.add_host.end', name);
    });
  }

  async removeHost(context: Context, id: string, name: string): Promise<AggregateRecord> {
    return await this.#database.transaction(async (trx) => {
      const record = await this.records.get(id, trx);
      const refusal = `Cannot remove host ${name.slice(0, 255)} in aggregate ${record.id}`;
      const hostId = this.#claims.idOf(name);
      if (hostId === undefined || !(await this.#hostsOf(trx, record)).includes(hostId)) {
        throw new UserError('not_found', refusal);
      }
      await trx
        .deleteFrom('compute_aggregate_host')
        .where('aggregate_id', '=', record.id)
        .where('host_id', '=', hostId)
        .execute();
      if (zoneOf(record) !== null) {
        const refuse = (reason: string) => new UserError('conflict', `${refusal}. Reason: ${reason}.`);
        // Another aggregate may say the same zone.
        const [zone = DEFAULT_ZONE] = await this.#zonesOf(trx, [hostId], record);
        await this.#move(trx, record, [hostId], zone, refuse);
      }
      return await this.#changed(trx, context, record, 'aggregate.remove_host.end', name);
    });
  }

  /** A host that is no more. */
  async forgetHost(trx: Transaction, hostId: string): Promise<void> {
    await trx.deleteFrom('compute_aggregate_host').where('host_id', '=', hostId).execute();
  }

  /** Ids of the hosts of each of those aggregates. */
  async hosts(records: readonly AggregateRecord[]): Promise<Map<number, string[]>> {
    const found = new Map<number, string[]>();
    if (records.length === 0) return found;
    const ids = new Set(records.map(({ id }) => id));
    const rows = await this.#database.query
      .selectFrom('compute_aggregate_host')
      .selectAll()
      .orderBy('aggregate_id')
      .orderBy('host_id')
      .execute();
    for (const { aggregate_id, host_id } of rows) {
      if (ids.has(aggregate_id)) found.set(aggregate_id, [...(found.get(aggregate_id) ?? []), host_id]);
    }
    return found;
  }

  /** Its hosts go where it says from now on. */
  async #takeOverZone(trx: Transaction, record: AggregateRecord, stored: AggregateRecord): Promise<void> {
    const zone = zoneOf(record);
    if (zone === null || zone === zoneOf(stored)) return;
    const refuse = (reason: string) =>
      new UserError('bad_request', `Cannot update aggregate ${record.id}. Reason: ${reason}.`);
    await this.#move(trx, record, await this.#hostsOf(trx, record), zone, refuse);
  }

  async #move(
    trx: Transaction,
    record: AggregateRecord,
    hostIds: readonly string[],
    zone: string,
    refuse: (reason: string) => UserError,
  ): Promise<void> {
    const others = (await this.#zonesOf(trx, hostIds, record)).filter((other) => other !== zone);
    if (others.length > 0) throw refuse(`One or more hosts already in availability zone(s) ${others.join(', ')}`);
    if (await this.#claims.control.moveToZone(trx, hostIds, zone)) return;
    throw refuse('One or more hosts contain instances in this zone');
  }

  /** Zones that other aggregates put one of those hosts in. */
  async #zonesOf(trx: Transaction, hostIds: readonly string[], but: AggregateRecord): Promise<string[]> {
    if (hostIds.length === 0) return [];
    const rows = await trx
      .selectFrom('compute_aggregate_host')
      .select('aggregate_id')
      .where('host_id', 'in', hostIds)
      .where('aggregate_id', '<>', but.id)
      .distinct()
      .execute();
    const ids = rows.map(({ aggregate_id }) => aggregate_id);
    const others = await this.records.list({ where: [{ attribute: 'id', is: 'in', value: ids }] }, trx);
    return [...new Set(others.flatMap((other) => zoneOf(other) ?? []))];
  }

  async #hostsOf(query: Queryable, { id }: AggregateRecord): Promise<string[]> {
    const rows = await query
      .selectFrom('compute_aggregate_host')
      .select('host_id')
      .where('aggregate_id', '=', id)
      .execute();
    return rows.map(({ host_id }) => host_id);
  }

  async #changed(
    trx: Transaction,
    context: Context,
    record: AggregateRecord,
    event: Extract<EventName, `aggregate.${'add_host' | 'remove_host'}.end`>,
    host: string,
  ): Promise<AggregateRecord> {
    await this.records.tell(trx, context, record, event, { name: record.name, host });
    return record;
  }
}
