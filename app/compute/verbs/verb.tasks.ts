import { z } from 'zod';
import { type CumuletError, explain } from '../../contract/errors.ts';
import type { MachineStatus, machineStatusSchema } from '../../contract/machine.ts';
import { type MachineOrder, machineOrders } from '../../contract/machine-orders.ts';
import type { Transaction } from '../../database/database.ts';
import { step, type TaskDefinition, type TaskRun } from '../../tasks/task.definition.ts';
import { changesFrom } from '../server.journal.ts';
import type { ServerChanges } from '../server.repository.ts';
import { notePlugged } from '../server-cards.ts';
import { faultFrom, type ServerTaskParts, taskStateAfter } from '../server-task.parts.ts';
import { withSafety } from './safety.ts';
import {
  isOrder,
  type LongVerb,
  type OrderVerb,
  type VerbParts,
  type VerbTask,
  type VerbTaskArgs,
  verbSteps,
} from './verb.ts';

/** How long an order waits for an agent that is away, milliseconds. */
const PATIENCE = 30_000;

/** Beside these, what the order says. */
const target = z.object({ serverId: z.string(), hostId: z.string(), generation: z.number() });
type VerbArgs = z.infer<typeof target>;
/** Of the order, where it has its number only when its turn comes. */
const memoSchema = z.object({ generation: z.number().optional() });
type VerbMemo = z.infer<typeof memoSchema>;

/** What goes on after a verb was asked for. */
export function verbTask(parts: VerbParts, verb: LongVerb): TaskDefinition<VerbTaskArgs> {
  const task = isOrder(verb) ? orderTask(parts, verb) : withSafety(parts, verb, verb.task(parts));
  return { kind: `server.${verb.name}`, cancellable: isCancellable(verb), ...task };
}

/** Whether people may call off what goes on. */
export function isCancellable(verb: LongVerb): boolean {
  return isOrder(verb) ? machineOrders[verb.order].isCancellable : (verb.isCancellable ?? false);
}

/** Such a verb is one order to the server's host. */
function orderTask(parts: ServerTaskParts, verb: OrderVerb): VerbTask {
  const { name, order, leavesState, becomes, ends, waitsItsTurn, patience = PATIENCE } = verb;
  const { method } = machineOrders[order] as MachineOrder<z.ZodObject, typeof machineStatusSchema>;
  const told = method.args.omit({ id: true, generation: true });
  const turn = step<VerbArgs, VerbMemo>({
    name: 'turn',
    commit: async (trx, { args }) => ({ generation: await parts.servers.raiseGeneration(trx, args.serverId) }),
  });
  return verbSteps<VerbArgs, VerbMemo>({
    args: told.extend(target.shape) as unknown as z.ZodType<VerbArgs>,
    memo: memoSchema,
    steps: [
      ...(waitsItsTurn ? [turn] : []),
      step<VerbArgs, VerbMemo, MachineStatus>({
        name,
        run: async (task): Promise<MachineStatus> => {
          const { serverId: id, hostId, ...order } = { ...task.args, ...task.memo };
          return await parts.orders.give(hostId, method, { id, ...order }, task.context, { task, patience });
        },
        commit: async (trx, task, status) => {
          await ends?.(parts, trx, task);
          const changes = leavesState ? {} : { ...changesFrom(status), fault: null, ...becomes?.() };
          await verbEnded(parts, verb, trx, task, changes);
        },
      }),
    ],
    onFailed: async (task, error) => async (trx) => await verbFailed(parts, verb, trx, task, error),
  });
}

/** What the last step of a verb writes down beside what it changes; without a server there is nothing to say. */
export async function verbEnded(
  parts: ServerTaskParts,
  { notification }: LongVerb,
  trx: Transaction,
  task: TaskRun<VerbTaskArgs, unknown>,
  changes: ServerChanges,
): Promise<void> {
  const server = await parts.servers.find(task.args.serverId, trx);
  if (!server) return;
  const taskState = await taskStateAfter(parts, trx, task, server);
  await notePlugged(parts.networks, trx, server, changes.nics);
  const after = await parts.servers.update(trx, server.id, { ...changes, taskState });
  await parts.actions.finish(trx, task.context.requestId, server.id, null);
  if (after) await parts.journal.record(trx, task.context, after, `${notification}.end`);
}

/** As {@link verbEnded}: the server is told why, and is what it was but for `changes`. */
export async function verbFailed(
  parts: ServerTaskParts,
  { notification }: LongVerb,
  trx: Transaction,
  task: TaskRun<VerbTaskArgs, unknown>,
  error: CumuletError,
  changes: ServerChanges = {},
): Promise<void> {
  const server = await parts.servers.find(task.args.serverId, trx);
  if (!server) return;
  const message = explain(error);
  const taskState = await taskStateAfter(parts, trx, task, server);
  const fault = error.code === 'aborted' ? server.fault : faultFrom(error);
  const after = await parts.servers.update(trx, server.id, { ...changes, taskState, fault });
  await parts.actions.finish(trx, task.context.requestId, server.id, message);
  if (after) await parts.journal.record(trx, task.context, after, `${notification}.error`, { message });
}
