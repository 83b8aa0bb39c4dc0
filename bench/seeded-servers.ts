import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/**
 * Writes running servers, each with its port and address, into the database of a controller: thousands of launches
 * would take minutes. They are on no host that reports, so nothing looks for them. `first` is the number of the first.
 */
export function seedServers(dataDir: string, count: number, imageId: string, first = 0): string[] {
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'), { timeout: 10_000 });
  try {
    const project = String(database.prepare("SELECT id FROM identity_project WHERE name = 'admin'").get()?.id);
    const user = String(database.prepare("SELECT id FROM identity_user WHERE name = 'admin'").get()?.id);
    const network = String(database.prepare('SELECT id FROM network_network').get()?.id);
    const subnet = String(database.prepare('SELECT id FROM network_subnet').get()?.id);
    const insert = inserter(database);
    const ids: string[] = [];
    database.exec('BEGIN');
    for (let index = first; index < first + count; index++) {
      const id = randomUUID();
      const portId = randomUUID();
      // Spread over a day: the order by age is the order of making.
      const at = new Date(Date.parse('2026-01-01T00:00:00Z') + index * 8640).toISOString();
      insert('compute_server', serverRow({ id, index, project, user, imageId, at }));
      insert('network_port', portRow({ id: portId, index, network, project, server: id, at }));
      const address = `10.${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
      insert('network_ip_allocation', { subnet_id: subnet, ip_address: address, port_id: portId });
      ids.push(id);
    }
    database.exec('COMMIT');
    return ids;
  } finally {
    database.close();
  }
}

type Row = Record<string, SQLInputValue>;

function inserter(database: DatabaseSync): (table: string, row: Row) => void {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  return (table, row) => {
    let statement = statements.get(table);
    if (!statement) {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join(', ');
      statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
      statements.set(table, statement);
    }
    statement.run(...Object.values(row));
  };
}

interface ServerSeed {
  id: string;
  index: number;
  project: string;
  user: string;
  imageId: string;
  at: string;
}

const FLAVOR = { id: '42', name: 'm1.nano', vcpus: 1, ram: 128, disk: 1, ephemeral: 0, swap: 0, extra_specs: {} };

function serverRow({ id, index, project, user, imageId, at }: ServerSeed): Row {
  const isStopped = index % 5 === 0;
  return {
    id,
    name: `machine-${String(index).padStart(5, '0')}`,
    description: null,
    project_id: project,
    user_id: user,
    vm_state: isStopped ? 'stopped' : 'active',
    task_state: null,
    power_state: isStopped ? 'SHUTDOWN' : 'RUNNING',
    host_id: null,
    generation: 1,
    flavor: JSON.stringify(FLAVOR),
    vcpus: FLAVOR.vcpus,
    memory_mib: FLAVOR.ram,
    disk_gib: FLAVOR.disk,
    image_id: imageId,
    key_name: null,
    public_key: null,
    user_data: null,
    admin_pass: null,
    config_drive: 1,
    launch_index: 0,
    reservation_id: `r-${index}`,
    guest_password: '',
    hostname: `machine-${index}`,
    metadata: JSON.stringify({ number: String(index), role: 'bench' }),
    tags: '[]',
    locked_by: null,
    locked_reason: null,
    fault: null,
    forwards: '[]',
    availability_zone: '',
    disk_config: 'MANUAL',
    access_ipv4: '',
    access_ipv6: '',
    requested_networks: '"auto"',
    created_at: at,
    updated_at: at,
    launched_at: at,
    terminated_at: null,
    deleted_at: null,
  };
}

function portRow(port: {
  id: string;
  index: number;
  network: string;
  project: string;
  server: string;
  at: string;
}): Row {
  const mac = port.index.toString(16).padStart(6, '0').replace(/../g, ':$&');
  return {
    id: port.id,
    network_id: port.network,
    name: '',
    description: '',
    project_id: port.project,
    mac_address: `fa:16:3e${mac}`,
    device_id: port.server,
    device_owner: 'compute:nova',
    admin_state_up: 1,
    status: 'ACTIVE',
    host_id: '',
    made_for_server: 1,
    created_at: port.at,
    updated_at: port.at,
  };
}
