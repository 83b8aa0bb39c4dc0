import type { Selectable } from 'kysely';
import type { Database, Transaction } from '../database/database.ts';
import { flag } from '../database/table.ts';
import type { TaskDefinition } from './task.definition.ts';
import { toProgress, toTaskRecord } from './task.repository.ts';
import { begin, fitDefinition, unknownSteps } from './task.steps.ts';
import type { TaskRecord, TaskRow } from './task.tables.ts';

/** A task that may be claimed. Of most that wait no more is looked at than this, so its record is made as it is claimed. */
export interface Candidate {
  id: string;
  kind: string;
  isToStop: boolean;
  row: Selectable<TaskRow>;
}

/** What a controller is told of its tasks when it renews its lease. */
interface OwnTask {
  id: string;
  epoch: number;
  isToStop: boolean;
}

/** So many candidates are read in one go. */
export const AT_ONCE = 16;

/**
 * Which controller does which task. A controller has one lease for all of its tasks, a row that it renews; when that has
 * run out others may take its tasks. Each claim raises the task's epoch: what is recorded with an earlier one is refused.
 */
export class TaskLeases {
  readonly #database: Database;
  readonly #owner: string;
  readonly #now: () => number;

  constructor(parts: { database: Database; owner: string; now: () => number }) {
    this.#database = parts.database;
    this.#owner = parts.owner;
    this.#now = parts.now;
  }

  /** The oldest that nobody does and nothing holds up; of `full` kinds only those that are to stop. */
  async candidates(kinds: { known: string[]; full: string[] }): Promise<Candidate[]> {
    const { known, full } = kinds;
    let select = this.#database.query
      .selectFrom('task')
      .selectAll()
      .where('finished_at', 'is', null)
      .where('waits_for', '=', 0)
      .where('owner', 'is', null)
      .where('not_before', '<=', this.#iso())
      .where('kind', 'in', known);
    if (full.length > 0) {
      select = select.where((e) => e.or([e('kind', 'not in', full), e('abort_requested', '=', 1)]));
    }
    const rows = await select.orderBy('created_at').orderBy('id').limit(AT_ONCE).execute();
    return rows.map((row) => ({ row, id: row.id, kind: row.kind, isToStop: flag.read(row.abort_requested) }));
  }

  /** Takes a task and begins its step, in one write; undefined where another was quicker. */
  async claim({ row }: Candidate, definition: TaskDefinition<unknown>): Promise<TaskRecord | undefined> {
    const record = toTaskRecord(row);
    fitDefinition(record, definition);
    if (unknownSteps(record, definition).length === 0) begin(record);
    Object.assign(record, { owner: this.#owner, epoch: row.epoch + 1, updatedAt: new Date().toISOString() });
    const claimed = await this.#database.claim((trx) =>
      trx
        .updateTable('task')
        .set(toProgress(record))
        .where('id', '=', record.id)
        .where('epoch', '=', row.epoch)
        .where('owner', 'is', null)
        .where('waits_for', '=', 0)
        .where('finished_at', 'is', null)
        // A wish to stop that came since it was read.
        .returning('abort_requested')
        .executeTakeFirst(),
    );
    return claimed && { ...record, abortRequested: flag.read(claimed.abort_requested) };
  }

  /** Keeps all tasks of this controller for so long. */
  async renew(milliseconds: number): Promise<void> {
    const lease = { id: this.#owner, lease_until: this.#iso(milliseconds) };
    await this.#database.quickTransaction((trx) =>
      trx
        .insertInto('task_owner')
        .values(lease)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ lease_until: lease.lease_until }))
        .execute(),
    );
  }

  /** What this controller still does by the database's word, and what of it is to stop. */
  async own(): Promise<OwnTask[]> {
    const rows = await this.#database.query
      .selectFrom('task')
      .select(['id', 'epoch', 'abort_requested'])
      .where('owner', '=', this.#owner)
      .where('finished_at', 'is', null)
      .execute();
    return rows.map(({ id, epoch, abort_requested }) => ({ id, epoch, isToStop: flag.read(abort_requested) }));
  }

  async isOwn(id: string, epoch: number): Promise<boolean> {
    const row = await this.#database.query
      .selectFrom('task')
      .select('id')
      .where('id', '=', id)
      .where('owner', '=', this.#owner)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The same in a transaction, until the end of which nobody can take the task. */
  async keepOwn(trx: Transaction, id: string, epoch: number): Promise<boolean> {
    const kept = await trx
      .updateTable('task')
      .set({ epoch })
      .where('id', '=', id)
      .where('owner', '=', this.#owner)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    return kept.numUpdatedRows === 1n;
  }

  /** Gives back what this controller has: when it stops, and what an earlier one of its data folder left. */
  async giveBack(): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await trx
        .updateTable('task')
        .set({ owner: null })
        .where('owner', '=', this.#owner)
        .where('finished_at', 'is', null)
        .execute();
      await trx.deleteFrom('task_owner').where('id', '=', this.#owner).execute();
    });
  }

  /** Frees the tasks of controllers whose lease has run out; answers which those were. */
  async freeLapsed(): Promise<string[]> {
    const now = this.#iso();
    const lapsed = await this.#database.query
      .selectFrom('task')
      .leftJoin('task_owner', 'task_owner.id', 'task.owner')
      .select('task.owner')
      .distinct()
      // As a range, which the index of owners has: those that somebody does are few.
      .where('task.owner', '>', '')
      .where('task.owner', '!=', this.#owner)
      .where('task.finished_at', 'is', null)
      .where((e) => e.or([e('task_owner.lease_until', 'is', null), e('task_owner.lease_until', '<=', now)]))
      .execute();
    const owners = lapsed.flatMap(({ owner }) => (owner === null ? [] : [owner]));
    for (const owner of owners) {
      await this.#database.claim((trx) =>
        trx
          .updateTable('task')
          .set({ owner: null })
          .where('owner', '=', owner)
          .where('finished_at', 'is', null)
          // It may have come back meanwhile.
          .where((e) =>
            e.not(
              e.exists(
                e
                  .selectFrom('task_owner')
                  .select('task_owner.id')
                  .where('task_owner.id', '=', owner)
                  .where('task_owner.lease_until', '>', now),
              ),
            ),
          )
          .execute(),
      );
    }
    return owners;
  }

  #iso(inMilliseconds = 0): string {
    return new Date(this.#now() + inMilliseconds).toISOString();
  }
}
