import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface ServerRow {
  id: string;
  project_id: string;
  vm_state: string;
  task_state: string | null;
  power_state: string;
  host_id: string | null;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  image_id: string | null;
  launched_at: string | null;
  fault: string | null;
}

export interface ImageRow {
  id: string;
  status: string;
  size: number | null;
}

/** The database as it lies on the disk, read past the controller. */
export interface StoredState {
  servers: ServerRow[];
  images: ImageRow[];
  unfinishedTasks: { id: string; kind: string; state: string; subject_id: string; steps: string }[];
  ports: { id: string; device_id: string; made_for_server: number; host_id: string; network_id: string }[];
  addresses: { subnet_id: string; ip_address: string; port_id: string }[];
  subnetNetworks: string[];
  allocations: {
    server_id: string;
    host_id: string;
    vcpus: number;
    memory_mib: number;
    disk_gib: number;
    /** It is what a resize of that server holds beside the server's own. */
    resized_server_id: string | null;
  }[];
  hosts: {
    id: string;
    state: string;
    used_vcpus: number;
    used_memory_mib: number;
    used_disk_gib: number;
    machines: number;
  }[];
  /** What hosts still have to be told to remove. */
  leftovers: { host: string; kind: string; id: string; reason: string }[];
  consoleServers: string[];
  /** What SQLite finds wrong with the file itself, and references that lead nowhere. */
  damage: string[];
}

/** Without `damage` where only a glance is needed: the checks of the whole file take long. */
export function readStoredState(dataDir: string, { withDamage = true } = {}): StoredState {
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'), { readOnly: true });
  const rows = <T>(query: string) => database.prepare(query).all() as T[];
  try {
    database.exec('BEGIN');
    return {
      servers: rows('SELECT * FROM compute_server WHERE deleted_at IS NULL'),
      images: rows('SELECT id, status, size FROM image_image'),
      unfinishedTasks: rows(
        'SELECT id, kind, state, subject_id, steps FROM task WHERE finished_at IS NULL AND id <> kind',
      ),
      ports: rows('SELECT id, device_id, made_for_server, host_id, network_id FROM network_port'),
      addresses: rows('SELECT subnet_id, ip_address, port_id FROM network_ip_allocation'),
      subnetNetworks: rows<{ network_id: string }>('SELECT network_id FROM network_subnet').map(
        (row) => row.network_id,
      ),
      allocations: rows('SELECT * FROM scheduler_allocation'),
      hosts: rows('SELECT * FROM scheduler_host'),
      leftovers: rows('SELECT host, kind, id, reason FROM leftover'),
      consoleServers: rows<{ server_id: string }>('SELECT server_id FROM console_token').map((row) => row.server_id),
      damage: withDamage ? damageOf(rows) : [],
    };
  } finally {
    database.close();
  }
}

function damageOf(rows: <T>(query: string) => T[]): string[] {
  const checks = rows<{ integrity_check: string }>('PRAGMA integrity_check').map((row) => row.integrity_check);
  const strays = rows<{ table: string; rowid: number; parent: string }>('PRAGMA foreign_key_check');
  return [
    ...checks.filter((text) => text !== 'ok').map((text) => `The database is damaged: ${text}.`),
    ...strays.map(
      ({ table, rowid, parent }) => `Row ${rowid} of ${table} refers to a row of ${parent} that is not there.`,
    ),
  ];
}

/** What is on its way to another state, a sentence each. */
export function transitionsOf({ servers, images, unfinishedTasks, leftovers, hosts }: StoredState): string[] {
  return [
    ...unfinishedTasks.map(
      ({ id, kind, state, subject_id, steps }) =>
        `Task ${id} (${kind} of ${subject_id}) is still ${state}, at its step ${currentStep(steps)}.`,
    ),
    ...servers
      .filter(({ task_state, vm_state }) => task_state !== null || vm_state === 'building')
      .map(({ id, vm_state, task_state }) => `Server ${id} is still ${vm_state}, ${task_state}.`),
    ...images
      .filter(({ status }) => !['queued', 'active', 'deactivated'].includes(status))
      .map(({ id, status }) => `Image ${id} is still ${status}.`),
    ...leftovers
      .filter(({ host }) => hosts.some(({ id, state }) => id === host && state === 'up'))
      // A deleted image's copy stays as long as a machine of it.
      .filter(({ kind, id }) => kind !== 'cached-image' || !servers.some(({ image_id }) => image_id === id))
      .map(({ host, kind, id, reason }) => `The ${kind} ${id} (${reason}) is still on host ${host}.`),
  ];
}

/** What rows say of each other: ports, addresses, room on hosts. */
export function rowViolations(state: StoredState): string[] {
  return [...state.damage, ...portViolations(state), ...roomViolations(state), ...consoleViolations(state)];
}

function portViolations({ servers, ports, addresses, subnetNetworks }: StoredState): string[] {
  const live = new Set(servers.map(({ id }) => id));
  const addressed = new Set(addresses.map(({ port_id }) => port_id));
  const plugged = new Set(ports.map(({ device_id }) => device_id));
  return [
    ...ports
      .filter(({ device_id }) => device_id !== '' && !live.has(device_id))
      .map(({ id, device_id }) => `Port ${id} is of server ${device_id}, which is not there.`),
    ...ports
      .filter(({ device_id, made_for_server }) => device_id === '' && made_for_server === 1)
      .map(({ id }) => `Port ${id} was made for a server and is of none.`),
    ...ports
      .filter(({ id, network_id }) => subnetNetworks.includes(network_id) && !addressed.has(id))
      .map(({ id }) => `Port ${id} has no address.`),
    ...servers
      .filter(({ id, launched_at }) => launched_at !== null && !plugged.has(id))
      .map(({ id }) => `Server ${id} has no port.`),
  ];
}

function roomViolations({ servers, allocations, hosts }: StoredState): string[] {
  const violations: string[] = [];
  const byId = new Map(servers.map((server) => [server.id, server]));
  for (const { server_id, host_id, resized_server_id, ...room } of allocations) {
    const server = byId.get(resized_server_id ?? server_id);
    if (!server) violations.push(`Room on host ${host_id} is held for server ${server_id}, which is not there.`);
    else if (server.host_id !== host_id) {
      violations.push(`Room for server ${server_id} is held on host ${host_id}, and it is on ${server.host_id}.`);
    } else if (resized_server_id !== null) {
      if (server.vm_state === 'resized') continue;
      violations.push(`Room is held for a resize of server ${server.id}, which is ${server.vm_state}.`);
    } else if (
      room.vcpus !== server.vcpus ||
      room.memory_mib !== server.memory_mib ||
      room.disk_gib !== server.disk_gib
    ) {
      violations.push(`The room held for server ${server_id} is not what it takes.`);
    }
  }
  const held = new Set(allocations.map(({ server_id }) => server_id));
  for (const { id, host_id } of servers) {
    if (host_id !== null && !held.has(id)) violations.push(`No room is held for server ${id} on host ${host_id}.`);
  }
  for (const host of hosts) {
    const own = allocations.filter(({ host_id }) => host_id === host.id);
    const machines = own.filter(({ resized_server_id }) => resized_server_id === null);
    const sum = (field: 'vcpus' | 'memory_mib' | 'disk_gib') => own.reduce((total, row) => total + row[field], 0);
    const counted = [sum('vcpus'), sum('memory_mib'), sum('disk_gib'), machines.length].join(', ');
    const noted = [host.used_vcpus, host.used_memory_mib, host.used_disk_gib, host.machines].join(', ');
    if (noted !== counted) {
      violations.push(
        `Host ${host.id} notes ${noted} as used (vCPUs, MiB, GiB, machines); its servers take ${counted}.`,
      );
    }
  }
  return violations;
}

function consoleViolations({ servers, consoleServers }: StoredState): string[] {
  const live = new Set(servers.map(({ id }) => id));
  return consoleServers.filter((id) => !live.has(id)).map((id) => `A console of server ${id} is open, which is gone.`);
}

function currentStep(steps: string): string | undefined {
  return (JSON.parse(steps) as { name: string; state: string }[]).find(({ state }) => state !== 'done')?.name;
}
