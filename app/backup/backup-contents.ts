import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Absent, DATABASE_PART, placeOf } from './backup-format.ts';
import type { PartSource } from './backup-writer.ts';
import { fileBlocks } from './file-blocks.ts';
import { machineDisks } from './machine-disks.ts';

/** What is in the backup as a whole or not at all, and is not taken again after a break. */
export interface BackupUnit {
  name: string;
  /** Bytes, about: for the progress. */
  size: number;
  /** Of a machine or an image. */
  subject: Pick<Absent, 'kind' | 'id' | 'name'> | null;
  /** The parts there are now, or why there are none. */
  parts: () => Promise<PartSource[] | Absent['reason']>;
  /** Asked when all parts are written: why they are not to be trusted, or null. */
  check: () => Promise<Absent['reason'] | null>;
}

export interface BackupContents {
  hostId: string | null;
  migrations: string[];
  units: BackupUnit[];
}

interface ServerRow {
  id: string;
  name: string;
  host_id: string | null;
}

/** Everything a backup of this data folder has, told by the copy of its database. */
export async function backupContents(
  dataDir: string,
  staging: { database: string; images: string },
): Promise<BackupContents> {
  const agentDir = join(dataDir, 'agent');
  const hostId = await readHostId(agentDir);
  const { images, servers, migrations } = readDatabase(staging.database);
  await mkdir(staging.images, { recursive: true, mode: 0o700 });
  const settings = ['config.toml', 'policy.yaml'].map((name) => ({
    part: `settings/${name}`,
    path: join(dataDir, name),
  }));
  const secrets = (await readdir(join(dataDir, 'secrets')).catch(() => [] as string[])).map((name) => ({
    part: `secrets/${name}`,
    path: join(dataDir, 'secrets', name),
  }));
  const units: BackupUnit[] = [await fileUnit(DATABASE_PART, staging.database)];
  for (const { part, path } of [...settings, ...secrets]) {
    if (placeOf(part) !== undefined && (await sizeOf(path)) !== undefined) units.push(await fileUnit(part, path));
  }
  for (const image of images) {
    const path = join(staging.images, image.id);
    await keepImage(join(dataDir, 'images', image.id), path);
    units.push({
      ...(await fileUnit(`images/${image.id}`, path)),
      subject: { kind: 'image', id: image.id, name: image.name },
    });
  }
  const imageIds = new Set(images.map(({ id }) => id));
  for (const server of servers) units.push(await machineUnit(server, { hostId, agentDir, imageIds }));
  return { hostId, migrations, units };
}

function readDatabase(path: string): {
  images: { id: string; name: string | null }[];
  servers: ServerRow[];
  migrations: string[];
} {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const all = (sql: string) => database.prepare(sql).all();
    return {
      images: all("SELECT id, name FROM image_image WHERE status IN ('active', 'deactivated') ORDER BY id") as never,
      servers: all(
        `SELECT id, name, host_id FROM compute_server
         WHERE deleted_at IS NULL AND host_id IS NOT NULL AND launched_at IS NOT NULL ORDER BY id`,
      ) as never,
      migrations: all('SELECT name FROM kysely_migration ORDER BY name').map(({ name }) => String(name)),
    };
  } finally {
    database.close();
  }
}

async function fileUnit(name: string, path: string): Promise<BackupUnit> {
  return {
    name,
    size: (await sizeOf(path)) ?? 0,
    subject: null,
    parts: async () => {
      const size = await sizeOf(path);
      return size === undefined ? 'missing' : [{ name, size, blocks: () => fileBlocks(path, size) }];
    },
    check: async () => null,
  };
}

/** Images never change, but may be deleted: a second name keeps the bytes until they are copied. */
async function keepImage(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Linked before a break, or deleted in the moment after the database was copied.
    if (code === 'EEXIST' || code === 'ENOENT') return;
    // A file system without links.
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}

async function machineUnit(
  server: ServerRow,
  { hostId, agentDir, imageIds }: { hostId: string | null; agentDir: string; imageIds: ReadonlySet<string> },
): Promise<BackupUnit> {
  const { id } = server;
  const look = async () => (server.host_id === hostId ? await machineDisks(agentDir, id) : 'other-host');
  let before = '';
  const first = await look();
  return {
    name: `machines/${id}`,
    size: typeof first === 'string' ? 0 : first.files.reduce((sum, { size }) => sum + size, 0),
    subject: { kind: 'machine', id, name: server.name },
    parts: async () => {
      const disks = await look();
      if (typeof disks === 'string') return disks;
      before = disks.fingerprint;
      const files = [...disks.files];
      const path = disks.baseImage;
      const base = path?.slice(agentDir.length + 1) ?? '';
      // Of an image that is there, the host fetches it again.
      const isKept = path !== null && placeOf(base) !== undefined;
      if (isKept && !imageIds.has(base.slice('image-cache/'.length).slice(0, 36))) {
        const size = await sizeOf(path);
        if (size === undefined) return 'missing';
        files.push({ name: base, path, size });
      }
      return files.map(({ name, path, size }) => ({ name, size, blocks: () => fileBlocks(path, size) }));
    },
    check: async () => {
      const after = await look();
      return typeof after !== 'string' && after.fingerprint === before ? null : 'started-meanwhile';
    },
  };
}

async function readHostId(agentDir: string): Promise<string | null> {
  const text = (await readFile(join(agentDir, 'host-id'), 'utf8').catch(() => '')).trim();
  return text === '' ? null : text;
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
