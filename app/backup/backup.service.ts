import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { BackupFile, Backups } from '../contract/backup.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { TaskView } from '../contract/task.ts';
import type { DatabaseSettings } from '../database/database.settings.ts';
import type { Database } from '../database/database.ts';
import { databaseCopies } from '../database/database-copies.ts';
import type { EventService } from '../events/event.service.ts';
import { housekeeping } from '../tasks/task.definition.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { backupTask, keepDailyCopy } from './backup.tasks.ts';
import { BackupThreads } from './backup-thread.ts';
import { readLastBackup } from './last-backup.ts';
import { assertInDataFolder } from './server-database.ts';

/** UTC, without what file systems do not take. */
const NAME = /^cumulet-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(-encrypted)?\.tar$/;
/** Backups follow each other: all are of one subject. */
const SUBJECT = 'backups';

/** Backups that a running controller makes, in `backups/` of the data folder, and the daily copies of its database. */
export class BackupService {
  readonly #database: Database;
  readonly #settings: DatabaseSettings;
  readonly #events: EventService;
  readonly #tasks: TaskService;
  readonly #dataDir: string;
  readonly #folder: string;
  readonly #threads = new BackupThreads();

  constructor(parts: {
    database: Database;
    settings?: DatabaseSettings | undefined;
    events: EventService;
    tasks: TaskService;
    dataDir: string;
    log: Logger;
  }) {
    const { dataDir, log } = parts;
    this.#database = parts.database;
    this.#settings = parts.settings ?? {};
    this.#events = parts.events;
    this.#tasks = parts.tasks;
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, 'backups');
    const threads = this.#threads;
    const fileOf = (id: string) => join(this.#folder, id);
    parts.tasks.define(backupTask({ dataDir, events: parts.events, threads, fileOf }));
    // A server of its own is copied by its own means.
    if (this.#settings.url !== undefined) return;
    // It is asked often whether the day is over: where a copy fails, the next try is not a day away.
    parts.tasks.define(
      housekeeping('backup.copy-database', '1 h', ({ closing }) => keepDailyCopy(threads, dataDir, log, closing)),
    );
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  async list(): Promise<Backups> {
    const [last, copies] = await Promise.all([readLastBackup(this.#dataDir), databaseCopies(this.#dataDir)]);
    const backups: BackupFile[] = [];
    for (const id of await readdir(this.#folder).catch(() => [] as string[])) {
      const match = NAME.exec(id);
      const found = match && (await stat(join(this.#folder, id)).catch(() => undefined));
      if (!match || !found) continue;
      const createdAt = `${match[1]}T${match[2]}:${match[3]}:${match[4]}Z`;
      backups.push({ id, createdAt, size: found.size, isEncrypted: match[5] !== undefined });
    }
    backups.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    return { last, backups, folder: this.#folder, databaseCopies: copies.map(({ at }) => at) };
  }

  /** Stores the work, and never the passphrase: only what was made of it, which closes and does not open. */
  async make(context: Context, passphrase: string | null): Promise<TaskView> {
    assertInDataFolder(this.#settings);
    const lock = passphrase === null ? null : await this.#threads.makeLock(passphrase);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const time = `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
    const id = `cumulet-${time}${lock === null ? '' : '-encrypted'}.tar`;
    return await this.#database.transaction((trx) =>
      this.#tasks.enqueue(trx, context, {
        kind: 'backup.make',
        subject: { type: 'backup', id: SUBJECT, name: id },
        projectId: null,
        args: { id, lock },
      }),
    );
  }

  async open(id: string): Promise<{ size: number; bytes: Readable }> {
    const path = await this.#find(id);
    return { size: (await stat(path)).size, bytes: createReadStream(path, { highWaterMark: 256 * 1024 }) };
  }

  async remove(context: Context, id: string): Promise<void> {
    const path = await this.#find(id);
    await this.#database.transaction(async (trx) => {
      await this.#events.record(trx, context, {
        type: 'backup.delete',
        resourceId: id,
        projectId: null,
      });
    });
    await rm(path, { force: true });
  }

  async #find(id: string): Promise<string> {
    const path = join(this.#folder, id);
    if (NAME.test(id) && (await stat(path).catch(() => undefined))?.isFile()) return path;
    throw new UserError('not_found', `Backup ${id} could not be found.`);
  }
}
