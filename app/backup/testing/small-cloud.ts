import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PowerState } from '../../contract/machine.ts';
import type { Database } from '../../database/database.ts';
import { openMigrated } from '../../database/testing/migrated-database.ts';

export const HOST = 'host-of-the-backup';

/** For tests: a data folder as a controller and an agent leave it, with few small files. */
export class SmallCloud {
  readonly dataDir: string;
  database!: Database;

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async make(): Promise<SmallCloud> {
    const cloud = new SmallCloud(await mkdtemp(join(tmpdir(), 'cumulet-backup-')));
    cloud.database = await openMigrated(cloud.dataDir);
    await cloud.write('secrets/admin-password', 'secret of the administrator\n');
    await cloud.write('secrets/agent', randomBytes(32));
    await cloud.write('config.toml', 'log-level = "warn"\n');
    await cloud.write('agent/host-id', `${HOST}\n`);
    return cloud;
  }

  async write(name: string, bytes: string | Uint8Array): Promise<void> {
    const path = join(this.dataDir, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, bytes, { mode: 0o600 });
  }

  async addImage(bytes = randomBytes(100_000)): Promise<string> {
    const id = randomUUID();
    const now = new Date().toISOString();
    await this.write(`images/${id}`, bytes);
    await this.database.transaction((trx) =>
      trx
        .insertInto('image_image')
        .values({
          ...{ id, name: `image ${id.slice(0, 4)}`, status: 'active', visibility: 'private', owner: null },
          ...{ disk_format: 'raw', container_format: 'bare', size: bytes.length, virtual_size: bytes.length },
          ...{ min_disk: 0, min_ram: 0, checksum: null, os_hash_algo: null, os_hash_value: null, protected: 0 },
          ...{ os_hidden: 0, tags: '[]', properties: '{}', catalog_id: null, created_at: now, updated_at: now },
        })
        .execute(),
    );
    return id;
  }

  /** A server, and its files where it is on the host of this computer. `pid`: of its process. */
  async addMachine(
    options: { host?: string; powerState?: PowerState; pid?: number; baseImage?: string; disk?: Uint8Array } = {},
  ): Promise<string> {
    const { host = HOST, powerState = 'SHUTDOWN', pid, disk = randomBytes(50_000) } = options;
    const id = randomUUID();
    const now = new Date().toISOString();
    await this.database.transaction((trx) =>
      trx
        .insertInto('compute_server')
        .values({
          ...{ id, name: `machine ${id.slice(0, 4)}`, description: null, project_id: 'p', user_id: 'u' },
          ...{ vm_state: powerState === 'RUNNING' ? 'active' : 'stopped', task_state: null, power_state: powerState },
          ...{ state_revision: 1 },
          ...{ host_id: host, generation: 7, flavor: '{}', vcpus: 1, memory_mib: 128, disk_gib: 1, image_id: null },
          image_properties: '{}',
          beside: '{}',
          ...{ key_name: null, public_key: null, user_data: null, admin_pass: null, config_drive: 1, hostname: 'm' },
          ...{ launch_index: 0, reservation_id: 'r', guest_password: '', block_devices: '[]', injected_files: '[]' },
          ...{ metadata: '{}', tags: '[]', locked_by: null, locked_reason: null, fault: null, forwards: '[]' },
          nics: '[]',
          ...{ availability_zone: 'nova', disk_config: 'MANUAL', access_ipv4: '', access_ipv6: '' },
          ...{ requested_networks: "'auto'", created_at: now, updated_at: now, launched_at: now },
          ...{ terminated_at: null, deleted_at: null },
        })
        .execute(),
    );
    if (host !== HOST) return id;
    const folder = `agent/machines/${id}`;
    const baseImage = options.baseImage ?? `${randomUUID()}.0123456789abcdef.qcow2`;
    await this.write(`agent/image-cache/${baseImage}`, randomBytes(10_000));
    await this.write(`${folder}/root.qcow2`, disk);
    await this.write(`${folder}/serial.log`, '');
    await this.write(`${folder}/machine.json`, JSON.stringify({ baseImage }));
    const process = pid === undefined ? null : { pid, startedAt: '1' };
    await this.write(`${folder}/state.json`, JSON.stringify({ powerState, process, isLaunching: false }));
    return id;
  }

  async token(user: string): Promise<void> {
    await this.database.transaction((trx) =>
      trx
        .insertInto('console_token')
        .values({ hash: user, server_id: 's', type: 'serial', user_id: user, session: null, expires_at: '9' })
        .execute(),
    );
  }
}
