import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type StaleDatabase, staleDatabaseSchema } from '../contract/unclaimed.ts';
import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { writeWholeFile } from '../files/whole-file.ts';

const FILE_NAME = 'database-generation.json';
const NOT_NOTED = 'how new the database is could not be noted';
const BEGINNING = '{"event":';
const NUMBER_AT = BEGINNING.length;
const MOST_DIGITS = String(Number.MAX_SAFE_INTEGER).length;

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
  events: Pick<EventService, 'lastId' | 'onWritten'>;
  log: Logger;
}

/**
 * Notices at the start that the database is older than the folder it lies in, or another one: an older copy was put back,
 * or its log was removed, cut short or overwritten, which SQLite takes for a log that ends early. Ids of events only grow
 * and are in the database anyway; a file beside it says how far they were.
 */
export class DataGeneration {
  /** What was found at this start, or at an earlier one, as long as anything is unclaimed. */
  readonly stale: StaleDatabase | null;
  readonly #file: number | null;
  readonly #log: Logger;
  readonly #forget: () => void;
  #noted: number;
  #isTrouble = false;

  private constructor(parts: { stale: StaleDatabase | null; file: number | null; noted: number } & Surroundings) {
    this.stale = parts.stale;
    this.#file = parts.file;
    this.#log = parts.log;
    this.#noted = parts.noted;
    this.#forget = parts.events.onWritten((id) => this.#note(id));
  }

  /** Right after the database was opened, before anything is added to it. */
  static async open(surroundings: Surroundings): Promise<DataGeneration> {
    const { dataDir, database, events, log } = surroundings;
    const path = join(dataDir, FILE_NAME);
    const id = await idOf(database);
    const stale = await judge(database, events, id, await readNote(path));
    const noted = await events.lastId();
    let file: number | null = null;
    try {
      await writeWholeFile(path, noteText({ event: noted, database: id, stale }), 'durable');
      file = openSync(path, 'r+');
    } catch (error) {
      log.warn({ err: error }, NOT_NOTED);
    }
    return new DataGeneration({ ...surroundings, stale, file, noted });
  }

  close(): void {
    this.#forget();
    if (this.#file !== null) closeSync(this.#file);
  }

  /**
   * In place, into the room that is kept for it, after the commit and before its answer: it takes microseconds, and the
   * disk has it when the system writes it there. What cannot be noted is noted the next time.
   */
  #note(event: number): void {
    if (this.#file === null || event <= this.#noted) return;
    try {
      writeSync(this.#file, numberText(event), NUMBER_AT);
      this.#noted = event;
      this.#isTrouble = false;
    } catch (error) {
      if (!this.#isTrouble) this.#log.warn({ err: error }, NOT_NOTED);
      this.#isTrouble = true;
    }
  }
}

/** JSON, with the number first and always of one length. */
function noteText({ event, ...rest }: Note): string {
  return `${BEGINNING}${numberText(event)},${JSON.stringify(rest).slice(1)}`;
}

function numberText(event: number): string {
  return String(event).padEnd(MOST_DIGITS);
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
  const left = await database.query.selectFrom('unclaimed').select('id').orderBy('id').limit(1).executeTakeFirst();
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
