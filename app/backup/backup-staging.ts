import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { lastBackupSchema } from '../contract/backup.ts';
import { UserError } from '../contract/errors.ts';
import { jsonOrNull } from './json-text.ts';

/** Of a file whose backup is not whole yet. */
export const PARTIAL = '.part';
/** What is begun anew rather than gone on with: its database would be older than people expect. */
const STALE_MS = 24 * 3600_000;

const beginningSchema = z.object({
  createdAt: z.string(),
  version: z.string(),
  lock: z.object({ recipient: z.string(), keyFile: z.string() }).nullable(),
});
const unitSchema = z.object({
  unit: z.string(),
  parts: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
  /** Why it is not in the backup. */
  absent: lastBackupSchema.shape.notIncluded.element.shape.reason.nullable(),
  /** Bytes of the file that are whole with it. */
  end: z.number(),
});
export type BackupBeginning = z.infer<typeof beginningSchema>;
export type DoneUnit = z.infer<typeof unitSchema>;

/**
 * What a backup needs while it is made, in a folder of the data folder that belongs to the one file: the copy of the
 * database, links to images, and a journal with a line for each unit that is on the disk. A break goes on behind the last.
 */
export class BackupStaging {
  readonly folder: string;
  readonly #held: DatabaseSync;

  private constructor(folder: string, held: DatabaseSync) {
    this.folder = folder;
    this.#held = held;
  }

  /** One at a time for a file: held until {@link release}, or until the process ends. */
  static async open(dataDir: string, file: string): Promise<BackupStaging> {
    const key = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 16);
    const folder = join(dataDir, 'backups', `making-${key}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const held = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    try {
      held.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      held.close();
      throw new UserError('conflict', `${file} is being made already.`, { hint: 'Wait until that has ended.', cause });
    }
    return new BackupStaging(folder, held);
  }

  get database(): string {
    return join(this.folder, 'cumulet.db');
  }

  get images(): string {
    return join(this.folder, 'images');
  }

  /** What an earlier run got to; null where it is too old, of another version, or does not fit to what is there. */
  async readJournal(partial: string): Promise<{ beginning: BackupBeginning; done: DoneUnit[] } | null> {
    const text = await readFile(this.#journal, 'utf8').catch(() => '');
    // The last line may be half: it was being written.
    const [first, ...lines] = text.split('\n').slice(0, -1);
    const beginning = beginningSchema.safeParse(jsonOrNull(first ?? ''));
    const done = z.array(unitSchema).safeParse(lines.map(jsonOrNull));
    if (!beginning.success || !done.success || !(await exists(this.database))) return null;
    const size = (await stat(partial).catch(() => undefined))?.size ?? 0;
    if (Date.now() - Date.parse(beginning.data.createdAt) > STALE_MS || size < (done.data.at(-1)?.end ?? 0))
      return null;
    return { beginning: beginning.data, done: done.data };
  }

  async begin(beginning: BackupBeginning): Promise<void> {
    await rm(this.#journal, { force: true });
    await this.#append(beginning);
  }

  async note(unit: DoneUnit): Promise<void> {
    await this.#append(unit);
  }

  /** Of an earlier run, before one begins anew. */
  async clear(): Promise<void> {
    for (const path of [this.#journal, this.database, this.images]) await rm(path, { recursive: true, force: true });
  }

  release(): void {
    this.#held.exec('ROLLBACK');
    this.#held.close();
  }

  /** Once the backup is whole. */
  async remove(): Promise<void> {
    this.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #journal(): string {
    return join(this.folder, 'journal');
  }

  async #append(line: BackupBeginning | DoneUnit): Promise<void> {
    await appendFile(this.#journal, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    const file = await open(this.#journal, 'r');
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

/** Forgets a backup that will not be gone on with. */
export async function abandonBackup(dataDir: string, file: string): Promise<void> {
  const staging = await BackupStaging.open(dataDir, file);
  await rm(file + PARTIAL, { force: true });
  await staging.remove();
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
