import { z } from 'zod';
import type { MachineStatus, machineStatusSchema } from '../../contract/machine.ts';
import { type MachineOrder, machineOrders } from '../../contract/machine-orders.ts';
import { step, type TaskDefinition, type TaskRun } from '../../tasks/task.definition.ts';
import { changesFrom } from '../server.journal.ts';
import { explain, faultFrom, type ServerTaskParts, taskStateAfter } from '../server-task.parts.ts';
import type { OrderVerb } from './verb.ts';

/** How long an order waits for an agent that is away, milliseconds. */
const PATIENCE = 30_000;

/** Beside these, what the order says. */
const target = z.object({ serverId: z.string(), hostId: z.string(), generation: z.number() });
type VerbArgs = z.infer<typeof target>;

/** Such a verb is one order to the server's host. */
export function verbTask(parts: ServerTaskParts, verb: OrderVerb): TaskDefinition<VerbArgs> {
  const { name, order, notification, leavesState, becomes, patience = PATIENCE } = verb;
  const { servers, actions, journal, orders } = parts;
  const { method, isCancellable } = machineOrders[order] as MachineOrder<z.ZodObject, typeof machineStatusSchema>;
  const told = method.args.omit({ id: true, generation: true });
  return {
    kind: `server.${name}`,
    args: told.extend(target.shape) as unknown as z.ZodType<VerbArgs>,
    cancellable: isCancellable,
    steps: [
      step({
        name,
        run: async (task: TaskRun<VerbArgs>): Promise<MachineStatus> => {
          const { serverId: id, hostId, ...order } = task.args;
          return await orders.give(hostId, method, { id, ...order }, task.context, { task, patience });
        },
        commit: async (trx, task: TaskRun<VerbArgs>, status: MachineStatus) => {
          const server = await servers.find(task.args.serverId, trx);
          if (!server) return;
          const taskState = await taskStateAfter(parts, trx, task, server);
          const changes = leavesState ? {} : { ...changesFrom(status), fault: null, ...becomes?.() };
          const after = await servers.update(trx, server.id, { ...changes, taskState });
          await actions.finish(trx, task.context.requestId, server.id, null);
          if (after) await journal.record(trx, task.context, after, `${notification}.end`);
        },
      }),
    ],
    onFailed: async (task, error) => async (trx) => {
      const server = await servers.find(task.args.serverId, trx);
      if (!server) return;
      const taskState = await taskStateAfter(parts, trx, task, server);
      const fault = error.code === 'aborted' ? server.fault : faultFrom(error);
      const after = await servers.update(trx, server.id, { taskState, fault });
      await actions.finish(trx, task.context.requestId, server.id, explain(error));
      if (after) await journal.record(trx, task.context, after, `${notification}.error`, { message: explain(error) });
    },
  };
}
