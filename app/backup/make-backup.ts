import { access, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OperationalError, UserError } from '../contract/errors.ts';
import { copyDatabase } from '../database/copy-database.ts';
import { VERSION } from '../version.ts';
import { type BackupLock, makeLock, openKeyFile } from './backup-cipher.ts';
import { type BackupContents, type BackupUnit, backupContents } from './backup-contents.ts';
import { BACKUP_FORMAT, type Manifest } from './backup-format.ts';
import { BackupStaging, type DoneUnit, PARTIAL } from './backup-staging.ts';
import { BackupWriter } from './backup-writer.ts';
import { FileChanged } from './file-blocks.ts';
import { noteLastBackup } from './last-backup.ts';

/** Kept free beside the backup itself. */
const RESERVE_BYTES = 16 * 1024 * 1024;

export interface MakeOptions {
  dataDir: string;
  /** Where it goes; must not be there yet. */
  file: string;
  /** A passphrase, or what was made of one; null: it is not encrypted. */
  encryption: { passphrase: string; workFactor?: number } | BackupLock | null;
  signal: AbortSignal;
  /** Bytes of all that goes into it, about. */
  onProgress: (done: number, total: number) => void;
}

export interface MadeBackup {
  file: string;
  size: number;
  manifest: Manifest;
  /** Bytes that were whole from an earlier call that was broken off. */
  resumedAt: number;
}

/**
 * Writes everything of a cloud into one file, while the cloud runs or not: the database as it is now, settings, secrets,
 * images, and the disks of this computer's machines that are off. When it is broken off, the same call goes on behind the
 * last unit that is whole.
 */
export async function makeBackup(options: MakeOptions): Promise<MadeBackup> {
  const { dataDir } = options;
  const file = resolve(options.file);
  if (!(await exists(join(dataDir, 'cumulet.db')))) {
    throw new UserError('not_found', `There is no cloud in ${dataDir}.`, { hint: 'Name its folder with --data-dir.' });
  }
  if (await exists(file)) {
    throw new UserError('conflict', `${file} is there already.`, { hint: 'Name another file, or remove that one.' });
  }
  if (!(await exists(dirname(file)))) throw new UserError('not_found', `There is no folder ${dirname(file)}.`);
  const staging = await BackupStaging.open(dataDir, file);
  let isWhole = false;
  try {
    const made = await new Making({ ...options, file }, staging).run();
    isWhole = true;
    const { size } = await stat(file);
    const { createdAt, machines, notIncluded } = made.manifest;
    const isEncrypted = options.encryption !== null;
    await noteLastBackup(dataDir, { file, createdAt, size, isEncrypted, machines: machines.length, notIncluded });
    return { file, size, ...made };
  } catch (error) {
    options.signal.throwIfAborted();
    throw explain(error, file);
  } finally {
    if (isWhole) await staging.remove();
    else staging.release();
  }
}

class Making {
  readonly #options: MakeOptions;
  readonly #staging: BackupStaging;
  readonly #partial: string;
  readonly #done = new Map<string, DoneUnit>();
  /** Several machines may stand on one image. */
  readonly #names = new Set<string>();

  constructor(options: MakeOptions, staging: BackupStaging) {
    this.#options = options;
    this.#staging = staging;
    this.#partial = options.file + PARTIAL;
  }

  async run(): Promise<Pick<MadeBackup, 'manifest' | 'resumedAt'>> {
    const { dataDir, file, signal } = this.#options;
    const { createdAt, lock } = await this.#beginning();
    const contents = await backupContents(dataDir, this.#staging);
    await this.#requireRoom(contents.units);
    const resumedAt = [...this.#done.values()].at(-1)?.end ?? 0;
    const writer = await BackupWriter.open(this.#partial, { lock, time: new Date(createdAt), end: resumedAt });
    try {
      const total = contents.units.reduce((sum, { size }) => sum + size, 0);
      let before = 0;
      for (const unit of contents.units) {
        signal.throwIfAborted();
        if (!this.#done.has(unit.name)) {
          await this.#add(writer, unit, (bytes) => this.#options.onProgress(Math.min(before + bytes, total), total));
        }
        before += unit.size;
        this.#options.onProgress(before, total);
      }
      const manifest = this.#manifest(createdAt, contents);
      await writer.finish(manifest);
      await rename(this.#partial, file);
      return { manifest, resumedAt };
    } finally {
      await writer.close();
    }
  }

  /** Of the run that was broken off, or a new one. */
  async #beginning(): Promise<{ createdAt: string; lock: BackupLock | null }> {
    const { dataDir, encryption } = this.#options;
    const found = await this.#staging.readJournal(this.#partial);
    if (found !== null && found.beginning.version === VERSION) {
      await this.#requireSameKey(found.beginning.lock);
      for (const unit of found.done) this.#keep(unit);
      return found.beginning;
    }
    await this.#staging.clear();
    await rm(this.#partial, { force: true });
    const lock =
      encryption !== null && 'passphrase' in encryption
        ? await makeLock(encryption.passphrase, encryption.workFactor)
        : encryption;
    const beginning = { createdAt: new Date().toISOString(), version: VERSION, lock };
    await copyDatabase(join(dataDir, 'cumulet.db'), this.#staging.database);
    await this.#staging.begin(beginning);
    return beginning;
  }

  async #requireSameKey(lock: BackupLock | null): Promise<void> {
    const { encryption, file } = this.#options;
    const anew = { hint: `Give the same passphrase again, or remove ${file}${PARTIAL} to begin anew.` };
    if ((lock === null) !== (encryption === null)) {
      throw new UserError('conflict', `${file} was begun ${lock === null ? 'without' : 'with'} a passphrase.`, anew);
    }
    if (lock === null || encryption === null) return;
    if ('passphrase' in encryption) await openKeyFile(Buffer.from(lock.keyFile, 'base64'), encryption.passphrase);
    else if (encryption.keyFile !== lock.keyFile) {
      throw new UserError('conflict', `${file} was begun with another passphrase.`, anew);
    }
  }

  async #add(writer: BackupWriter, unit: BackupUnit, onBytes: (bytes: number) => void): Promise<void> {
    const begin = writer.end;
    const sources = await unit.parts();
    let absent = typeof sources === 'string' ? sources : null;
    const parts: DoneUnit['parts'] = [];
    let bytes = 0;
    try {
      for (const source of typeof sources === 'string' ? [] : sources) {
        if (this.#names.has(source.name)) continue;
        const part = await writer.add(source, (more) => {
          this.#options.signal.throwIfAborted();
          bytes += more;
          onBytes(bytes);
        });
        parts.push(part);
      }
      absent ??= await unit.check();
    } catch (error) {
      // Of a machine that was started: its files are other ones now.
      if (!(error instanceof FileChanged) || unit.subject === null) throw error;
      absent = 'started-meanwhile';
    }
    if (absent !== null) {
      await writer.rewind(begin);
      parts.length = 0;
    }
    await writer.sync();
    const done = { unit: unit.name, parts, absent, end: writer.end };
    await this.#staging.note(done);
    this.#keep(done);
  }

  #keep(unit: DoneUnit): void {
    this.#done.set(unit.unit, unit);
    for (const { name } of unit.parts) this.#names.add(name);
  }

  #manifest(createdAt: string, { units, hostId, migrations }: BackupContents): Manifest {
    const notIncluded: Manifest['notIncluded'] = [];
    const machines: string[] = [];
    for (const { name, subject } of units) {
      const reason = this.#done.get(name)?.absent ?? null;
      if (subject === null) continue;
      if (reason !== null) notIncluded.push({ ...subject, reason });
      else if (subject.kind === 'machine') machines.push(subject.id);
    }
    const parts = [...this.#done.values()].flatMap((unit) => unit.parts);
    return { format: BACKUP_FORMAT, version: VERSION, createdAt, hostId, migrations, machines, notIncluded, parts };
  }

  async #requireRoom(units: readonly BackupUnit[]): Promise<void> {
    const folder = dirname(this.#partial);
    const missing = units.filter(({ name }) => !this.#done.has(name)).reduce((sum, { size }) => sum + size, 0);
    const { bavail, bsize } = await statfs(folder);
    if (missing + RESERVE_BYTES <= bavail * bsize) return;
    const gib = (missing / 2 ** 30).toFixed(1);
    throw new OperationalError('disk_full', 'user', `${folder} has no room for the backup: it takes ${gib} GiB more.`, {
      hint: 'Free some space, or name a file on another disk.',
    });
  }
}

function explain(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new OperationalError('disk_full', 'user', `The disk of ${dirname(file)} is full.`, {
      hint: `Free some space and begin again: ${basename(file)} goes on where it was.`,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new OperationalError('forbidden', 'user', `${file} cannot be written: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return error;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
