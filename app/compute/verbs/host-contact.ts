import { agentMethods } from '../../contract/agent.methods.ts';
import { CumuletError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import type { TaskRun } from '../../tasks/task.definition.ts';
import type { ServerTaskParts } from '../server-task.parts.ts';

/** How long an agent that is away is waited for before anything is done, milliseconds. */
const PATIENCE = 30_000;

type Contact = TaskRun<{ readonly hostId: string }, unknown>;

/**
 * Waits a while for the host, and fails where that does not come. What changes a machine's disks is ordered after this, and
 * waited for however long it takes: a host that is lost in the middle may have carried it out. Answers what it has.
 */
export async function awaitHost({ orders }: ServerTaskParts, task: Contact): Promise<MachineStatus[]> {
  const options = { task, patience: PATIENCE };
  return (await orders.give(task.args.hostId, agentMethods.list, {}, task.context, options)).machines;
}

/** Starts a machine again that ran before an order cut its power and then failed. Where that fails too, its host says so. */
export async function startAgain(
  { orders, log }: ServerTaskParts,
  task: Contact,
  order: { id: string; generation: number },
): Promise<void> {
  if (task.signal.aborted) return;
  const options = { task, patience: PATIENCE };
  try {
    await orders.give(task.args.hostId, machineOrders.start.method, order, task.context, options);
  } catch (error) {
    if (!(error instanceof CumuletError)) throw error;
    log.warn({ err: error, server: order.id }, 'a machine that ran could not be started again');
  }
}
