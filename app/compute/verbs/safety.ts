import { z } from 'zod';
import { SAFETY, SAFETY_DAYS } from '../../contract/safety.ts';
import type { Transaction } from '../../database/database.ts';
import { milliseconds } from '../../tasks/task.definition.ts';
import type { TaskSubject } from '../../tasks/task.lines.ts';
import { safetySnapshots } from '../safety-snapshot.tables.ts';
import { TASK_STATES } from '../server.values.ts';
import { copyStep, dropImage, type ImageArgs, prepareImage, SNAPSHOT_STATES } from './machine-image.ts';
import type { Asked, PrepareRequest, TaskVerb, VerbParts, VerbTask, VerbTaskArgs } from './verb.ts';

const safetySchema = z.object({
  generation: z.number(),
  imageId: z.string(),
  /** What is said to go on once the snapshot is made. */
  taskState: z.enum(TASK_STATES).nullable(),
});
const safeArgs = z.object({ hostId: z.string().optional(), safety: safetySchema.optional() });
type SafeArgs = VerbTaskArgs & z.infer<typeof safeArgs>;

/** The snapshot that a verb has made before it does anything, in the transaction that asks for both. */
export async function prepareSafety(
  request: PrepareRequest,
  verb: TaskVerb,
  asked: Asked,
): Promise<{ safety: z.infer<typeof safetySchema>; alsoAbout: readonly TaskSubject[] }> {
  const { server, trx } = request;
  const now = Date.now();
  const until = new Date(now + milliseconds(`${SAFETY_DAYS} d`)).toISOString();
  const {
    imageId,
    args,
    alsoAbout = [],
  } = await prepareImage(request, {
    name: `${server.name} before ${verb.name}`.slice(-255),
    type: 'snapshot',
    properties: {
      ...{ [SAFETY.mark]: verb.name, [SAFETY.until]: until },
      ...{ [SAFETY.flavor]: server.flavor.name, [SAFETY.name]: server.name },
    },
  });
  const row = { imageId, serverId: server.id, until };
  await trx.insertInto('compute_safety_snapshot').values(safetySnapshots.toRow(row)).execute();
  const safety = { generation: Number(args.generation), imageId, taskState: asked.taskState ?? null };
  return { safety, alsoAbout };
}

/**
 * A verb's task, behind a snapshot where one was asked for: what the machine is, before anything else is done. Where that
 * fails the verb has failed, and the machine is what it was. A snapshot of a verb that came to nothing goes.
 */
export function withSafety(parts: VerbParts, verb: TaskVerb, task: VerbTask): VerbTask {
  const { keepsSnapshot } = verb;
  if (!keepsSnapshot) return task;
  const imageOf = ({ serverId, hostId = '', safety }: SafeArgs): ImageArgs => {
    return { serverId, hostId, generation: safety?.generation ?? 0, imageId: safety?.imageId ?? '' };
  };
  const copy = copyStep<SafeArgs, unknown>(parts, SNAPSHOT_STATES, imageOf);
  const safe: VerbTask<SafeArgs, unknown> = {
    ...(task as unknown as VerbTask<SafeArgs, unknown>),
    args: z.intersection(task.args, safeArgs) as unknown as z.ZodType<SafeArgs>,
    steps: [
      {
        ...copy,
        when: ({ safety }) => safety !== undefined,
        commit: async (trx: Transaction, run, result: never) => {
          await copy.commit?.(trx, run, result);
          const server = await parts.servers.find(run.args.serverId, trx);
          // A delete that waits has set its own.
          if (!server || server.taskState === 'deleting') return;
          const after = await parts.servers.updateFrom(trx, server, { taskState: run.args.safety?.taskState ?? null });
          await parts.journal.record(trx, run.context, after, 'update');
        },
      },
      ...(task.steps as unknown as VerbTask<SafeArgs, unknown>['steps']),
    ],
    onFailed: async (run, error) => {
      const after = await task.onFailed?.(run as never, error);
      if (typeof after !== 'function') return after ?? (async () => undefined);
      return async (trx) => {
        if (run.args.safety && !keepsSnapshot(run.memo as never)) {
          await dropImage(parts, trx, run, run.args.safety.imageId);
        }
        await after(trx);
      };
    },
  };
  return safe as unknown as VerbTask;
}
