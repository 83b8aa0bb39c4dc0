import { sql } from 'kysely';
import { z } from 'zod';
import { carryOutCommand } from '../audit/audited-command.ts';
import type { ServerFault } from '../compute/server.values.ts';
import { toWire, UserError } from '../contract/errors.ts';
import { taskStepSchema } from '../contract/task.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { Absent, Manifest } from './backup-format.ts';
import { jsonOrNull } from './json-text.ts';

/** Why a machine is not there, for people. */
const ABSENT: Record<Absent['reason'], string> = {
  running: 'Its disk is not in the backup this cloud was restored from: the machine was running.',
  'started-meanwhile':
    'Its disk is not in the backup this cloud was restored from: the machine was started while that was made.',
  'other-host': 'Its disk is not in the backup this cloud was restored from: it is on another computer.',
  missing: 'Its disk is not in the backup this cloud was restored from: there was none.',
};

/**
 * Makes the database of a backup that of a cloud which goes on from there: who was signed in is so no longer, what went on
 * has ended, machines without a disk say why, and every order from now on is newer than any that a host may have heard.
 */
export async function adaptDatabase(
  database: Database,
  manifest: Pick<Manifest, 'createdAt' | 'notIncluded'>,
): Promise<void> {
  const now = new Date();
  const command = {
    service: 'v1',
    action: 'v1:backups:restore',
    path: 'cumulet restore',
    resourceName: manifest.createdAt,
  };
  await carryOutCommand(database, command, () =>
    database.transaction(async (trx) => {
      await endSignIns(trx);
      await endTasks(trx, now);
      await raiseGenerations(trx, now);
      await markAbsent(trx, manifest, now);
    }),
  );
}

async function endSignIns(trx: Transaction): Promise<void> {
  const tables = [
    'identity_token',
    'identity_receipt',
    'identity_sign_in_code',
    'identity_request_token',
    'console_token',
  ] as const;
  for (const table of tables) await trx.deleteFrom(table).execute();
}

/** What a server or an image was in the middle of is put right at the start, as after a crash. */
async function endTasks(trx: Transaction, now: Date): Promise<void> {
  const error = new UserError('aborted', 'The cloud was restored from a backup while this was going on.', {
    hint: 'Ask for it again where it is still wanted.',
  });
  const at = now.toISOString();
  const ended = { state: 'failed', error: JSON.stringify(toWire(error)), finished_at: at, updated_at: at };
  const unfinished = await trx.selectFrom('task').select(['id', 'steps']).where('finished_at', 'is', null).execute();
  for (const { id, steps } of unfinished) {
    const told = z
      .array(taskStepSchema)
      .parse(jsonOrNull(steps))
      .map((step) => (step.state === 'running' ? { ...step, state: 'failed', finishedAt: at } : step));
    await trx
      .updateTable('task')
      .set({ ...ended, steps: JSON.stringify(told) })
      .where('id', '=', id)
      .execute();
  }
}

/**
 * Milliseconds since 1970: more than one order a millisecond nobody gives, and a later restore of the same backup starts
 * higher again. A host that has heard of later orders than the backup knows obeys the new ones all the same.
 */
async function raiseGenerations(trx: Transaction, now: Date): Promise<void> {
  await trx
    .updateTable('compute_server')
    .set({
      generation: sql<number>`CASE WHEN generation < ${now.getTime()} THEN ${now.getTime()} ELSE generation + 1 END`,
    })
    .execute();
}

async function markAbsent(trx: Transaction, { notIncluded }: Pick<Manifest, 'notIncluded'>, now: Date): Promise<void> {
  for (const { kind, id, reason } of notIncluded) {
    if (kind === 'image') {
      // Deleted in the moment in which the backup began.
      await trx.updateTable('image_image').set({ status: 'killed' }).where('id', '=', id).execute();
      continue;
    }
    const fault: ServerFault = { code: 500, message: ABSENT[reason], created: now.toISOString() };
    // As of a machine that its host does not have: should the host come with it, it is well again.
    await trx
      .updateTable('compute_server')
      .set({ vm_state: 'error', power_state: 'NOSTATE', forwards: '[]', fault: JSON.stringify(fault) })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .execute();
  }
}
