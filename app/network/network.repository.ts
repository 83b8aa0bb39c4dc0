import { type Compilable, type RawBuilder, sql } from 'kysely';
import { change, type Database, type Queryable, type Transaction } from '../database/database.ts';
import { expressionsOf } from '../database/dialects/dialect.ts';
import { KeptQueries } from '../database/kept-queries.ts';
import {
  type FixedIp,
  ipAllocations,
  type NetworkOwner,
  type NetworkRecord,
  networks,
  type PortValues,
  ports,
  type SubnetRecord,
  subnets,
} from './network.tables.ts';

export interface DeviceAddress {
  device_id: string;
  network_name: string;
  mac_address: string;
  ip_address: string | null;
}

/** What the resource kit does not read: many by their ids, the ports of machines, and who has which address. */
export class NetworkRepository {
  readonly #database: Database;
  readonly #kept = new KeptQueries();

  constructor(database: Database) {
    this.#database = database;
  }

  async networks(ids: Iterable<string>, on: Queryable = this.#database.query): Promise<Map<string, NetworkRecord>> {
    const rows = await this.#ofAll('networks', ids, on, (wanted) =>
      on.selectFrom('network_network').selectAll().where('id', 'in', wanted),
    );
    return new Map(rows.map((row) => [row.id, networks.toRecord(row)]));
  }

  /** The same of which only what rules look at is wanted: a page of ports may be of as many networks. */
  async networkOwners(ids: Iterable<string>, on: Queryable = this.#database.query): Promise<Map<string, NetworkOwner>> {
    const rows = await this.#ofAll('owners', ids, on, (wanted) =>
      on.selectFrom('network_network').select(['id', 'project_id', 'shared']).where('id', 'in', wanted),
    );
    return new Map(rows.map(({ id, project_id, shared }) => [id, { project_id, shared: shared === 1 }]));
  }

  async defaultNetwork(on: Queryable = this.#database.query): Promise<NetworkRecord | undefined> {
    const row = await on
      .selectFrom('network_network')
      .selectAll()
      .where(sql<boolean>`is_default = 1`)
      .executeTakeFirst();
    return row && networks.toRecord(row);
  }

  /** By the networks they belong to, the oldest of each first. */
  async subnets(
    networkIds: Iterable<string>,
    on: Queryable = this.#database.query,
  ): Promise<Map<string, SubnetRecord[]>> {
    const rows = await this.#ofAll('subnets', networkIds, on, (wanted) =>
      on.selectFrom('network_subnet').selectAll().where('network_id', 'in', wanted).orderBy('created_at').orderBy('id'),
    );
    return Map.groupBy(rows.map(subnets.toRecord), ({ network_id }) => network_id);
  }

  /** By the ports that have them, in Neutron's order (models_v2.Port.fixed_ips). */
  async addresses(portIds: Iterable<string>, on: Queryable = this.#database.query): Promise<Map<string, FixedIp[]>> {
    const rows = await this.#ofAll('addresses', portIds, on, (wanted) =>
      on.selectFrom('network_ip_allocation').selectAll().where('port_id', 'in', wanted),
    );
    const byPort = new Map<string, FixedIp[]>();
    for (const { port_id, subnet_id, ip_address } of rows) {
      const own = byPort.get(port_id);
      if (own) own.push({ subnet_id, ip_address });
      else byPort.set(port_id, [{ subnet_id, ip_address }]);
    }
    for (const own of byPort.values()) if (own.length > 1) own.sort(byAddress);
    return byPort;
  }

  async portsOfDevice(deviceId: string, on: Queryable = this.#database.query): Promise<PortValues[]> {
    const rows = await on
      .selectFrom('network_port')
      .selectAll()
      .where('device_id', '=', deviceId)
      .orderBy('device_index')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(ports.toRecord);
  }

  /** What a list of servers shows of their ports: one row an address, and one with null of a port that has none. */
  async addressesOfDevices(deviceIds: readonly string[]): Promise<DeviceAddress[]> {
    return await this.#database.query
      .selectFrom('network_port as port')
      .innerJoin('network_network as network', 'network.id', 'port.network_id')
      .leftJoin('network_ip_allocation as address', 'address.port_id', 'port.id')
      .select(['port.device_id', 'network.name as network_name', 'port.mac_address', 'address.ip_address'])
      .where('port.device_id', 'in', deviceIds)
      .orderBy('port.created_at')
      .orderBy('port.id')
      .orderBy('address.ip_address')
      .execute();
  }

  async takeAddresses(trx: Transaction, portId: string, fixedIps: readonly FixedIp[]): Promise<void> {
    for (const fixed of fixedIps) {
      await change(
        trx,
        trx.insertInto('network_ip_allocation').values(ipAllocations.toRow({ ...fixed, port_id: portId })),
      );
    }
  }

  async dropAddresses(trx: Transaction, portId: string): Promise<void> {
    await trx.deleteFrom('network_ip_allocation').where('port_id', '=', portId).execute();
  }

  async updatePort(trx: Transaction, id: string, changes: Partial<PortValues>): Promise<void> {
    await change(trx, this.#portsWith(trx, changes).where('id', '=', id));
  }

  /** All ports of a machine; answers how many it has. */
  async updatePortsOf(trx: Transaction, deviceId: string, changes: Partial<PortValues>): Promise<number> {
    const { numUpdatedRows } = await this.#portsWith(trx, changes)
      .where('device_id', '=', deviceId)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }

  #portsWith(trx: Transaction, changes: Partial<PortValues>) {
    return trx
      .updateTable('network_port')
      .set(ports.toChanges({ ...changes, updated_at: new Date().toISOString() }))
      .set(({ eb }) => ({ revision_number: eb('revision_number', '+', 1) }));
  }

  async countRevision(trx: Transaction, networkId: string): Promise<void> {
    await trx
      .updateTable('network_network')
      .set(({ eb }) => ({ revision_number: eb('revision_number', '+', 1), updated_at: new Date().toISOString() }))
      .where('id', '=', networkId)
      .execute();
  }

  async isAddressTaken(trx: Transaction, subnetId: string, address: string): Promise<boolean> {
    const rows = await this.#kept.run(trx, 'address', [subnetId, address], () =>
      trx
        .selectFrom('network_ip_allocation')
        .select('port_id')
        .where('subnet_id', '=', subnetId)
        .where('ip_address', '=', address),
    );
    return rows.length > 0;
  }

  async takenAddresses(on: Queryable, subnetId: string): Promise<Set<string>> {
    const rows = await on
      .selectFrom('network_ip_allocation')
      .select('ip_address')
      .where('subnet_id', '=', subnetId)
      .execute();
    return new Set(rows.map(({ ip_address }) => ip_address));
  }

  async countAddresses(
    subnetIds: Iterable<string>,
    on: Queryable = this.#database.query,
  ): Promise<Map<string, number>> {
    const rows = await this.#ofAll('usage', subnetIds, on, (wanted) =>
      on
        .selectFrom('network_ip_allocation')
        .select(({ fn }) => ['subnet_id', fn.countAll<number>().as('count')])
        .where('subnet_id', 'in', wanted)
        .groupBy('subnet_id'),
    );
    return new Map(rows.map(({ subnet_id, count }) => [subnet_id, Number(count)]));
  }

  async isMacTaken(trx: Transaction, networkId: string, mac: string): Promise<boolean> {
    const rows = await this.#kept.run(trx, 'mac', [networkId, mac], () =>
      trx.selectFrom('network_port').select('id').where('network_id', '=', networkId).where('mac_address', '=', mac),
    );
    return rows.length > 0;
  }

  /** Whether a port has an address of the subnet; with `ofMachines` only those that are plugged count. */
  async isSubnetUsed(trx: Transaction, subnetId: string, { ofMachines }: { ofMachines: boolean }): Promise<boolean> {
    const row = await trx
      .selectFrom('network_ip_allocation as address')
      .innerJoin('network_port as port', 'port.id', 'address.port_id')
      .select('port.id')
      .where('address.subnet_id', '=', subnetId)
      .$if(ofMachines, (rows) => rows.where('port.device_id', '!=', ''))
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Whether the network has ports: any, those of machines, or those of projects other than `notOf`. */
  async isNetworkUsed(
    trx: Transaction,
    networkId: string,
    which: { ofMachines?: boolean; notOf?: string } = {},
  ): Promise<boolean> {
    const { ofMachines = false, notOf } = which;
    const row = await trx
      .selectFrom('network_port')
      .select('id')
      .where('network_id', '=', networkId)
      .$if(ofMachines, (rows) => rows.where('device_id', '!=', ''))
      .$if(notOf !== undefined, (rows) => rows.where('project_id', '!=', notOf ?? ''))
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** What belongs to any of these: the same statement however many there are, which are one text of it. */
  async #ofAll<T>(
    shape: string,
    ids: Iterable<string>,
    on: Queryable,
    write: (wanted: RawBuilder<string>) => Compilable<T>,
  ): Promise<T[]> {
    const list = JSON.stringify([...new Set(ids)]);
    return await this.#kept.run(on, shape, [list], () =>
      write(sql<string>`(SELECT value FROM ${expressionsOf(on).texts(sql`${list}`, 'wanted')})`),
    );
  }
}

function byAddress(one: FixedIp, other: FixedIp): number {
  return Number(one.ip_address > other.ip_address) - Number(one.ip_address < other.ip_address);
}
