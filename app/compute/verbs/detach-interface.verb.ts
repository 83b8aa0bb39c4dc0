import { UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import { changesFrom } from '../server.journal.ts';
import { CARDS_MOVE, type CardTask, cardArgsSchema, cardMemoSchema, checkHost } from './interface-cards.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

/**
 * A card less. Asked for by `DELETE /servers/{id}/os-interface/{port}`, and by no action. Where the guest does not let go of
 * it, it has it without its network until its next start: the port is free all the same.
 */
export const detachInterface: TaskVerb = taskVerb<string>({
  name: 'detach_interface',
  action: 'detach_interface',
  rule: 'os_compute_api:os-attach-interfaces:delete',
  who: MEMBER,
  notification: 'interface_detach',
  event: 'compute_detach_interface',
  asked: () => ({ allowed: CARDS_MOVE }),
  prepare: async ({ server, trx, parts }, portId) => {
    const { id, hostId } = server;
    if (!(await parts.networks.cards.has(trx, id, portId))) {
      throw new UserError('not_found', `Port id ${portId} could not be found.`, {
        hint: `Instance ${id} does not have such a port.`,
      });
    }
    return { args: { hostId, portId } };
  },
  task: detachTask,
});

function detachTask(parts: VerbParts): VerbTask {
  const { networks, orders } = parts;

  const unplug = step<CardTask['args'], CardTask['memo'], MachineStatus>({
    name: 'unplug',
    run: async (task) => {
      const { serverId: id, hostId, portId: port } = task.args;
      const order = { id, generation: task.memo.generation, port };
      const options = { task, patience: 'forever' } as const;
      return await orders.give(hostId, machineOrders.unplugNic.method, order, task.context, options);
    },
    commit: async (trx, task, status) => {
      await networks.cards.detach(trx, task.context, task.args.serverId, task.args.portId);
      await verbEnded(parts, detachInterface, trx, task, changesFrom(status));
    },
  });

  return verbSteps<CardTask['args'], CardTask['memo']>({
    args: cardArgsSchema,
    memo: cardMemoSchema,
    steps: [checkHost(parts), unplug],
    onFailed: async (task, error) => async (trx) => await verbFailed(parts, detachInterface, trx, task, error),
  });
}
