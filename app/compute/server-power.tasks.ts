import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import type { MachineStatus } from '../contract/machine.ts';
import { step, type TaskDefinition, type TaskRun } from '../tasks/task.definition.ts';
import { changesFrom, type ServerOrderNews } from './server.journal.ts';
import { explain, faultFrom, type ServerTaskParts, taskStateAfter } from './server-task.parts.ts';

/** How long an order waits for an agent that is away, milliseconds. */
const PATIENCE = 30_000;

const target = { serverId: z.string(), hostId: z.string(), generation: z.number() };
const plainArgs = z.object(target);
const stopArgs = z.object({
  ...target,
  graceful: z.boolean(),
  timeoutSeconds: z.number(),
  force: z.boolean(),
});
const rebootArgs = z.object({ ...target, type: z.enum(['soft', 'hard']), timeoutSeconds: z.number() });
export type PowerTarget = z.infer<typeof plainArgs>;

interface PowerVerb<A> {
  /** `stop` of `server.stop`; also the name of its one step. */
  name: string;
  /** Nova's notification, between `compute.instance.` and `.start` or `.end`. */
  event: ServerOrderNews;
  args: z.ZodType<A>;
  cancellable?: boolean;
  order: (task: TaskRun<A>) => Promise<MachineStatus>;
}

/** The verbs that change what a machine that is there does: each is one order to its host. */
export function defineServerPower(parts: ServerTaskParts): void {
  const { orders, tasks } = parts;
  const options = (task: TaskRun<PowerTarget>) => ({ task, patience: PATIENCE });
  const plain = (
    name: string,
    event: ServerOrderNews,
    method: (typeof agentMethods)['start' | 'pause' | 'unpause' | 'suspend' | 'resume'],
  ): PowerVerb<PowerTarget> => ({
    name,
    event,
    args: plainArgs,
    order: (task) => orders.give(task.args.hostId, method, orderOf(task.args), task.context, options(task)),
  });
  const stop: PowerVerb<z.infer<typeof stopArgs>> = {
    name: 'stop',
    event: 'power_off',
    args: stopArgs,
    cancellable: true,
    order: (task) => {
      const { graceful, timeoutSeconds, force } = task.args;
      const order = { ...orderOf(task.args), graceful, timeoutSeconds, force };
      return orders.give(task.args.hostId, agentMethods.stop, order, task.context, options(task));
    },
  };
  const reboot: PowerVerb<z.infer<typeof rebootArgs>> = {
    name: 'reboot',
    event: 'reboot',
    args: rebootArgs,
    order: (task) => {
      const { type, timeoutSeconds } = task.args;
      const order = { ...orderOf(task.args), type, timeoutSeconds };
      return orders.give(task.args.hostId, agentMethods.reboot, order, task.context, options(task));
    },
  };
  tasks.define(powerTask(parts, plain('start', 'power_on', agentMethods.start)));
  tasks.define(powerTask(parts, stop));
  tasks.define(powerTask(parts, reboot));
  tasks.define(powerTask(parts, plain('pause', 'pause', agentMethods.pause)));
  tasks.define(powerTask(parts, plain('unpause', 'unpause', agentMethods.unpause)));
  tasks.define(powerTask(parts, plain('suspend', 'suspend', agentMethods.suspend)));
  tasks.define(powerTask(parts, plain('resume', 'resume', agentMethods.resume)));
}

function orderOf(args: PowerTarget): { id: string; generation: number } {
  return { id: args.serverId, generation: args.generation };
}

function powerTask<A extends PowerTarget>(parts: ServerTaskParts, verb: PowerVerb<A>): TaskDefinition<A> {
  const { servers, actions, journal } = parts;
  return {
    kind: `server.${verb.name}`,
    args: verb.args,
    cancellable: verb.cancellable ?? false,
    steps: [
      step({
        name: verb.name,
        run: verb.order,
        commit: async (trx, task: TaskRun<A>, status: MachineStatus) => {
          const server = await servers.find(task.args.serverId, trx);
          if (!server) return;
          const taskState = await taskStateAfter(parts, trx, task, server);
          const after = await servers.update(trx, server.id, { ...changesFrom(status), taskState, fault: null });
          await actions.finish(trx, task.context.requestId, server.id, null);
          if (after) await journal.record(trx, task.context, after, `${verb.event}.end`);
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
      if (after) await journal.record(trx, task.context, after, `${verb.event}.error`, { message: explain(error) });
    },
  };
}
