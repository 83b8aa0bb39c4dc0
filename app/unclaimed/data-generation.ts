import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type StaleDatabase, staleDatabaseSchema } from '../contract/unclaimed.ts';
import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';

const FILE_NAME = 'database-generation.json';
const NOTE_EVERY_MS = 60_000;

const noteSchema = z.object({
  /** When the first migration of the database ran: copies of it share that, others do not. */
  database: z.string(),
  /** Id of the newest event then: no event goes back to an earlier one. */
  event: z.number().int(),
  stale: staleDatabaseSchema.nullable(),
});
type Note = z.infer<typeof noteSchema>;

interface Surroundings {
  dataDir: string;
  database: Database;
  events: Pick<EventService, 'lastId'>;
  log: Logger;
}

/**
 * Notices at the start that the database is older than the folder it lies in, or another one. Ids of events only grow and
 * are in the database anyway; a file beside it says now and then how far they were, so that no transaction pays for it.
 */
export class DataGeneration {
  /** What was found at this start, or at an earlier one, as long as anything is unclaimed. */
  readonly stale: StaleDatabase | null;
  readonly #path: string;
  readonly #events: Pick<EventService, 'lastId'>;
  readonly #id: string;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #noted = -1;

  constructor(parts: {
    path: string;
    events: Pick<EventService, 'lastId'>;
    id: string;
    stale: StaleDatabase | null;
    log: Logger;
  }) {
    this.#path = parts.path;
    this.#events = parts.events;
    this.#id = parts.id;
    this.#log = parts.log;
    this.stale = parts.stale;
    this.#timer = setInterval(() => void this.#note(), NOTE_EVERY_MS).unref();
  }

  /** Right after the database was opened, before anything is added to it. */
  static async open({ dataDir, database, events, log }: Surroundings): Promise<DataGeneration> {
    const path = join(dataDir, FILE_NAME);
    const id = await idOf(database);
    const note = await readNote(path);
    const stale = await judge(database, events, id, note);
    const generation = new DataGeneration({ path, events, id, stale, log });
    await generation.#note();
    return generation;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#note();
  }

  /** What cannot be noted is noted the next time: nothing waits for it. */
  async #note(): Promise<void> {
    try {
      const event = await this.#events.lastId();
      if (event === this.#noted) return;
      const note: Note = { database: this.#id, event, stale: this.stale };
      await writeFile(`${this.#path}.new`, JSON.stringify(note), { mode: 0o600, flush: true });
      await rename(`${this.#path}.new`, this.#path);
      this.#noted = event;
    } catch (error) {
      this.#log.warn({ err: error }, 'how new the database is could not be noted');
    }
  }
}

/** For people, in the log and where the controller is started. */
export function staleWarning({ kind }: StaleDatabase): string {
  const what =
    kind === 'older'
      ? 'The database is older than the data folder around it: something was changed after that copy was made.'
      : 'The database is not the one that was in this data folder before.';
  return `${what} Machines and images it does not know are kept, and listed under Hosts, Unclaimed ("cumulet unclaimed list").`;
}

async function judge(
  database: Database,
  events: Surroundings['events'],
  id: string,
  note: Note | null,
): Promise<StaleDatabase | null> {
  if (note === null) return null;
  const since = new Date().toISOString();
  if (note.database !== id) return { kind: 'other', since };
  if ((await events.lastId()) < note.event) return { kind: 'older', since };
  if (note.stale === null) return null;
  const left = await database.query.selectFrom('unclaimed').select('id').executeTakeFirst();
  return left ? note.stale : null;
}

async function readNote(path: string): Promise<Note | null> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function idOf(database: Database): Promise<string> {
  const { rows } = await sql<{ timestamp: string }>`
    SELECT timestamp FROM kysely_migration ORDER BY name LIMIT 1`.execute(database.query);
  return rows[0]?.timestamp ?? '';
}
