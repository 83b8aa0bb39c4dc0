import type { Database, Queryable, Transaction } from '../database/database.ts';
import {
  ipAllocations,
  type NetworkRecord,
  networks,
  type PortRecord,
  type PortValues,
  ports,
  type SubnetRecord,
  subnets,
} from './network.tables.ts';

export interface PortFilter {
  ids?: string[] | undefined;
  deviceIds?: string[] | undefined;
  networkIds?: string[] | undefined;
  macAddresses?: string[] | undefined;
  /** Project whose ports are meant, or `all`. */
  visibleTo: string | null | 'all';
}

export interface DeviceAddress {
  device_id: string;
  network_id: string;
  mac_address: string;
  ip_address: string | null;
}

/** Rows of networks, subnets, ports and address allocations. */
export class NetworkRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async networks(query: Queryable = this.#database.query): Promise<NetworkRecord[]> {
    const rows = await query.selectFrom('network_network').selectAll().orderBy('created_at').execute();
    return rows.map(networks.toRecord);
  }

  async subnets(query: Queryable = this.#database.query): Promise<SubnetRecord[]> {
    const rows = await query.selectFrom('network_subnet').selectAll().orderBy('created_at').execute();
    return rows.map(subnets.toRecord);
  }

  async insertNetwork(trx: Transaction, network: NetworkRecord): Promise<void> {
    await trx.insertInto('network_network').values(networks.toRow(network)).execute();
  }

  async insertSubnet(trx: Transaction, subnet: SubnetRecord): Promise<void> {
    await trx.insertInto('network_subnet').values(subnets.toRow(subnet)).execute();
  }

  async ports(filter: PortFilter, query: Queryable = this.#database.query): Promise<PortRecord[]> {
    let select = query.selectFrom('network_port').selectAll();
    if (filter.ids) select = select.where('id', 'in', filter.ids);
    if (filter.deviceIds) select = select.where('device_id', 'in', filter.deviceIds);
    if (filter.networkIds) select = select.where('network_id', 'in', filter.networkIds);
    if (filter.macAddresses) select = select.where('mac_address', 'in', filter.macAddresses);
    if (filter.visibleTo !== 'all') select = select.where('project_id', '=', filter.visibleTo);
    const rows = await select.orderBy('created_at').orderBy('id').execute();
    if (rows.length === 0) return [];
    // Of a long list all are read: thousands of ids would not fit into one statement.
    let addresses = query.selectFrom('network_ip_allocation').selectAll();
    if (rows.length <= 1000) {
      addresses = addresses.where(
        'port_id',
        'in',
        rows.map(({ id }) => id),
      );
    }
    const byPort = Map.groupBy(await addresses.execute(), ({ port_id }) => port_id);
    return rows.map((row) => ({
      ...ports.toRecord(row),
      fixed_ips: (byPort.get(row.id) ?? []).map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
    }));
  }

  /** What a list of servers shows of their ports: one row an address, and one with null of a port that has none. */
  async addressesOfDevices(deviceIds: readonly string[]): Promise<DeviceAddress[]> {
    return await this.#database.query
      .selectFrom('network_port as port')
      .leftJoin('network_ip_allocation as address', 'address.port_id', 'port.id')
      .select(['port.device_id', 'port.network_id', 'port.mac_address', 'address.ip_address'])
      .where('port.device_id', 'in', deviceIds)
      .orderBy('port.created_at')
      .orderBy('port.id')
      .execute();
  }

  async insertPort(trx: Transaction, { fixed_ips, ...port }: PortRecord): Promise<void> {
    await trx.insertInto('network_port').values(ports.toRow(port)).execute();
    for (const fixed of fixed_ips) {
      await trx
        .insertInto('network_ip_allocation')
        .values(ipAllocations.toRow({ ...fixed, port_id: port.id }))
        .execute();
    }
  }

  async updatePort(trx: Transaction, id: string, changes: Partial<PortValues>): Promise<void> {
    await trx
      .updateTable('network_port')
      .set(ports.toChanges({ ...changes, updated_at: new Date().toISOString() }))
      .where('id', '=', id)
      .execute();
  }

  async deletePort(trx: Transaction, id: string): Promise<void> {
    await trx.deleteFrom('network_ip_allocation').where('port_id', '=', id).execute();
    await trx.deleteFrom('network_port').where('id', '=', id).execute();
  }

  async isAddressTaken(trx: Transaction, subnetId: string, address: string): Promise<boolean> {
    const row = await trx
      .selectFrom('network_ip_allocation')
      .select('port_id')
      .where('subnet_id', '=', subnetId)
      .where('ip_address', '=', address)
      .executeTakeFirst();
    return row !== undefined;
  }

  async takenAddresses(trx: Transaction, subnetId: string): Promise<Set<string>> {
    const rows = await trx
      .selectFrom('network_ip_allocation')
      .select('ip_address')
      .where('subnet_id', '=', subnetId)
      .execute();
    return new Set(rows.map(({ ip_address }) => ip_address));
  }

  async isMacTaken(trx: Transaction, networkId: string, mac: string): Promise<boolean> {
    const row = await trx
      .selectFrom('network_port')
      .select('id')
      .where('network_id', '=', networkId)
      .where('mac_address', '=', mac)
      .executeTakeFirst();
    return row !== undefined;
  }

  async countPorts(trx: Queryable, projectId: string): Promise<number> {
    const row = await trx
      .selectFrom('network_port')
      .select((e) => e.fn.countAll<number>().as('count'))
      .where('project_id', '=', projectId)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }
}
