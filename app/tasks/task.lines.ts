import { change, type Queryable, type Transaction } from '../database/database.ts';

/** What a task is about: one server, one image. */
export interface TaskSubject {
  type: string;
  id: string;
}

interface Waiting {
  id: string;
  waitsFor: number;
  subjects: TaskSubject[];
}

/**
 * Tasks that are about the same thing stand in line for it, in the order in which they were stored. The first in line
 * holds it (`task_hold`, a row a subject); a task whose subjects are all its own may be done. `waits_for` counts those
 * that are not, so that claiming is one conditional UPDATE however long the lines are.
 */
export class TaskLines {
  readonly #knownKinds: () => string[];

  /** Tasks of other kinds stand in no line: nobody here could ever do them. */
  constructor(knownKinds: () => string[]) {
    this.#knownKinds = knownKinds;
  }

  /** For a task that was just stored; answers how many of its subjects others hold. */
  async join(trx: Transaction, taskId: string, subjects: readonly TaskSubject[]): Promise<number> {
    const rows = subjects.map(({ type, id }) => ({ task_id: taskId, type, id }));
    await change(trx, trx.insertInto('task_subject').values(rows));
    let waitsFor = 0;
    for (const subject of subjects) if (!(await this.#holdIfFree(trx, subject, taskId))) waitsFor += 1;
    if (waitsFor > 0) await trx.updateTable('task').set({ waits_for: waitsFor }).where('id', '=', taskId).execute();
    return waitsFor;
  }

  /** When a task has ended: the next in each of its lines holds the subject from now on. */
  async leave(trx: Transaction, taskId: string): Promise<void> {
    const held = await trx.deleteFrom('task_hold').where('task_id', '=', taskId).returning(['type', 'id']).execute();
    for (const subject of held) {
      const next = await this.#nextInLine(trx, subject, taskId);
      if (next === undefined) continue;
      await this.#hold(trx, subject, next);
      await trx
        .updateTable('task')
        .set((task) => ({ waits_for: task('waits_for', '-', 1) }))
        .where('id', '=', next)
        .execute();
    }
  }

  /**
   * Makes the lines anew from the tasks there are, at the start: kinds came and went with the versions of Cumulet, and a
   * restored database had its tasks ended without their leaving. Who was begun or is being done stays before the others.
   */
  async rebuild(trx: Transaction): Promise<void> {
    const holders = new Map<string, string>();
    for (const task of await this.#standing(trx)) {
      let waitsFor = 0;
      for (const subject of task.subjects) {
        const key = `${subject.type} ${subject.id}`;
        if (holders.has(key)) waitsFor += 1;
        else holders.set(key, task.id);
      }
      if (waitsFor !== task.waitsFor) {
        await trx.updateTable('task').set({ waits_for: waitsFor }).where('id', '=', task.id).execute();
      }
    }
    const kept = new Set<string>();
    for (const { type, id, task_id } of await trx.selectFrom('task_hold').selectAll().execute()) {
      const key = `${type} ${id}`;
      if (holders.get(key) === task_id) kept.add(key);
      else await trx.deleteFrom('task_hold').where('type', '=', type).where('id', '=', id).execute();
    }
    for (const [key, taskId] of holders) {
      const space = key.indexOf(' ');
      const subject = { type: key.slice(0, space), id: key.slice(space + 1) };
      if (!kept.has(key)) await this.#hold(trx, subject, taskId);
    }
  }

  /** Unfinished tasks about a thing, oldest first. */
  async unfinishedOf(query: Queryable, subjectId: string): Promise<{ id: string; kind: string }[]> {
    return await query
      .selectFrom('task_subject')
      .innerJoin('task', 'task.id', 'task_subject.task_id')
      .select(['task.id', 'task.kind'])
      .where('task_subject.id', '=', subjectId)
      .where('task.finished_at', 'is', null)
      .orderBy('task.created_at')
      .orderBy('task.id')
      .execute();
  }

  async #standing(trx: Transaction): Promise<Waiting[]> {
    const rows = await trx
      .selectFrom('task')
      .innerJoin('task_subject', 'task_subject.task_id', 'task.id')
      .select(['task.id', 'task.waits_for', 'task.state', 'task_subject.type', 'task_subject.id as subject_id'])
      .where('task.finished_at', 'is', null)
      .where((e) => e.or([e('task.kind', 'in', this.#knownKinds()), e('task.owner', 'is not', null)]))
      .orderBy('task.created_at')
      .orderBy('task.id')
      .execute();
    const begun = new Map<string, Waiting>();
    const fresh = new Map<string, Waiting>();
    for (const row of rows) {
      const group = row.state === 'pending' ? fresh : begun;
      const task = group.get(row.id) ?? { id: row.id, waitsFor: row.waits_for, subjects: [] };
      group.set(row.id, task);
      task.subjects.push({ type: row.type, id: row.subject_id });
    }
    return [...begun.values(), ...fresh.values()];
  }

  /**
   * Whether nobody held it. Who holds it already keeps the row until this transaction has ended, so that whoever ends
   * meanwhile sees who waits; nothing is read, for what many read and add to at once makes them run again.
   */
  async #holdIfFree(trx: Transaction, { type, id }: TaskSubject, taskId: string): Promise<boolean> {
    const { task_id: holder } = await trx
      .insertInto('task_hold')
      .values({ type, id, task_id: taskId })
      .onConflict((held) => held.columns(['type', 'id']).doUpdateSet((e) => ({ task_id: e.ref('task_hold.task_id') })))
      .returning('task_id')
      .executeTakeFirstOrThrow();
    return holder === taskId;
  }

  async #hold(trx: Transaction, { type, id }: TaskSubject, taskId: string): Promise<void> {
    await trx.insertInto('task_hold').values({ type, id, task_id: taskId }).execute();
  }

  async #nextInLine(trx: Transaction, { type, id }: TaskSubject, after: string): Promise<string | undefined> {
    const next = await trx
      .selectFrom('task_subject')
      .innerJoin('task', 'task.id', 'task_subject.task_id')
      .select('task.id')
      .where('task_subject.type', '=', type)
      .where('task_subject.id', '=', id)
      .where('task.id', '!=', after)
      .where('task.finished_at', 'is', null)
      .where('task.kind', 'in', this.#knownKinds())
      .orderBy('task.created_at')
      .orderBy('task.id')
      .executeTakeFirst();
    return next?.id;
  }
}
