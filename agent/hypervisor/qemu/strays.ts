import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../../app/contract/errors.ts';
import type { ImageCache } from '../../image/image-cache.ts';
import { readQcow2Header } from '../../image/qcow2-header.ts';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import type { Stray, StrayKeeper } from '../driver.ts';
import { endStrayProcess, findStrayProcesses, type StrayProcess } from './stray-processes.ts';

/** A backing file's name stands in the first cluster. */
const HEAD_BYTES = 64 * 1024;
const LONGEST_NAME = 1023;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface StrayParts {
  /** `machines/`. */
  folder: string;
  images: ImageCache;
  /** Names of the cached files that machines stand on, by machine; also of those being made. */
  bases(): ReadonlyMap<string, readonly string[]>;
  /** Ends what may still run on it, too. */
  removeMachine(id: string): Promise<void>;
  /** Of all machines; known once the driver is open. */
  runtimeFolder(): string;
  isolation: NetworkIsolation;
}

/** What lies in `machines/` and `image-cache/` and is no machine's, and what runs without one. */
export class Strays implements StrayKeeper {
  readonly #parts: StrayParts;

  constructor(parts: StrayParts) {
    this.#parts = parts;
  }

  async find(): Promise<Stray[]> {
    const folders = await this.#folders();
    const files = await this.#parts.images.unused(await this.#needed(folders));
    return [
      ...(await this.#processes()).map(({ machineId }): Stray => ({ kind: 'process', name: machineId })),
      ...folders.map((name): Stray => ({ kind: 'machine-folder', name })),
      ...files.map(({ name, bytes }): Stray => ({ kind: 'cached-file', name, bytes })),
    ];
  }

  async remove(kind: Stray['kind'] | 'cached-image', id: string): Promise<boolean> {
    const { folder, images, bases, removeMachine } = this.#parts;
    const name = ownName(id);
    if (kind !== 'machine-folder' && kind !== 'process') {
      const which = kind === 'cached-file' ? { file: name } : { image: name };
      return await images.remove(which, await this.#needed(await this.#folders()));
    }
    if (bases().has(name)) return false;
    if (kind === 'process') await this.#endProcess(name);
    else if (UUID.test(name)) await removeMachine(name);
    else await rm(join(folder, name), { recursive: true, force: true });
    return true;
  }

  async #processes(): Promise<StrayProcess[]> {
    const machines = this.#parts.bases();
    return (await findStrayProcesses(this.#parts.runtimeFolder())).filter(({ machineId }) => !machines.has(machineId));
  }

  /** And removes what was made for it to run; a folder of the same name among the machines is another thing. */
  async #endProcess(machineId: string): Promise<void> {
    const runtimeFolder = this.#parts.runtimeFolder();
    await endStrayProcess(runtimeFolder, machineId);
    await this.#parts.isolation.leave(machineId);
    await rm(join(runtimeFolder, machineId), { recursive: true, force: true });
  }

  async #folders(): Promise<string[]> {
    const machines = this.#parts.bases();
    return (await readdir(this.#parts.folder)).filter((name) => !machines.has(name));
  }

  /** What nobody understands may be a machine all the same: what its disks stand on is needed. */
  async #needed(folders: readonly string[]): Promise<ReadonlySet<string>> {
    const needed = new Set([...this.#parts.bases().values()].flat());
    for (const { needs } of await this.#processes()) for (const path of needs) needed.add(basename(path));
    for (const folder of folders) {
      const path = join(this.#parts.folder, folder);
      for (const name of await readdir(path).catch(() => [])) {
        const base = await backingFileOf(join(path, name));
        if (base !== null) needed.add(basename(base));
      }
    }
    return needed;
  }
}

/** Of a qcow2 file; null of anything else. */
async function backingFileOf(path: string): Promise<string | null> {
  // To open a pipe would wait for its other end.
  const isFile = await stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
  const file = isFile ? await open(path, 'r').catch(() => null) : null;
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (readQcow2Header(head) === null) return null;
    const [at, length] = [Number(head.readBigUInt64BE(8)), head.readUInt32BE(16)];
    if (at === 0 || length > LONGEST_NAME) return null;
    return head.toString('utf8', at, at + length);
  } finally {
    await file.close();
  }
}

/** A name in the folder itself, never a way out of it. */
function ownName(name: string): string {
  if (name === basename(name) && name !== '.' && name !== '..' && name !== '' && !name.includes('\0')) return name;
  throw new UserError('bad_request', 'The name is not that of a file.', { field: 'id' });
}
