import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hypervisorsOf } from './process-table.ts';

/** What machines hold while they live, as counted on the disk, in the process table and in the database. */
export interface Leftovers {
  hypervisors: string[];
  machineFolders: string[];
  sockets: string[];
  unfinishedDownloads: string[];
  servers: string[];
  unfinishedTasks: string[];
  ports: number;
  addresses: number;
  allocations: number;
  /** Sums over all hosts, as the scheduler counts. */
  used: { vcpus: number; memoryMib: number; diskGib: number; machines: number };
  consoleTokens: number;
  /** What quota counts in all projects together. */
  quota: { instances: number; cores: number; ram: number };
}

export const NOTHING_LEFT: Leftovers = {
  hypervisors: [],
  machineFolders: [],
  sockets: [],
  unfinishedDownloads: [],
  servers: [],
  unfinishedTasks: [],
  ports: 0,
  addresses: 0,
  allocations: 0,
  used: { vcpus: 0, memoryMib: 0, diskGib: 0, machines: 0 },
  consoleTokens: 0,
  quota: { instances: 0, cores: 0, ram: 0 },
};

/** Looks past the API at what is really there. */
export function findLeftovers(dataDir: string): Leftovers {
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'), { readOnly: true });
  try {
    const rows = (query: string) => database.prepare(query).all();
    const number = (query: string) => Number(Object.values(rows(query)[0] ?? {})[0] ?? 0);
    const texts = (query: string) => rows(query).map((row) => Object.values(row).join(' '));
    const live = 'FROM compute_server WHERE deleted_at IS NULL';
    return {
      hypervisors: hypervisorsOf(dataDir).map(({ pid, commandLine }) => `${pid} ${commandLine.slice(0, 3).join(' ')}`),
      machineFolders: filesIn(join(dataDir, 'agent', 'machines')),
      sockets: filesIn(join(dataDir, 'agent', 'run')),
      unfinishedDownloads: filesIn(join(dataDir, 'agent', 'image-cache')).filter((name) => name.endsWith('.partial')),
      servers: texts(`SELECT id, vm_state ${live}`),
      unfinishedTasks: texts('SELECT kind, state, step_index FROM task WHERE finished_at IS NULL'),
      ports: number('SELECT COUNT(*) FROM network_port'),
      addresses: number('SELECT COUNT(*) FROM network_ip_allocation'),
      allocations: number('SELECT COUNT(*) FROM scheduler_allocation'),
      used: {
        vcpus: number('SELECT SUM(used_vcpus) FROM scheduler_host'),
        memoryMib: number('SELECT SUM(used_memory_mib) FROM scheduler_host'),
        diskGib: number('SELECT SUM(used_disk_gib) FROM scheduler_host'),
        machines: number('SELECT SUM(machines) FROM scheduler_host'),
      },
      consoleTokens: number('SELECT COUNT(*) FROM console_token'),
      quota: {
        instances: number(`SELECT COUNT(*) ${live}`),
        cores: number(`SELECT SUM(vcpus) ${live}`),
        ram: number(`SELECT SUM(memory_mib) ${live}`),
      },
    };
  } finally {
    database.close();
  }
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
