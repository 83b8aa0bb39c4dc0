import type { Context } from '../contract/context.ts';
import type { MachineNic } from '../contract/machine.ts';
import type { Transaction } from '../database/database.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { MachineNetworks } from './collaborators.ts';
import type { ServerRecord } from './server.tables.ts';

/** Cards that waited for a start are there now. */
export async function notePlugged(
  networks: MachineNetworks,
  trx: Transaction,
  server: Pick<ServerRecord, 'nics'>,
  nics: readonly MachineNic[] | undefined,
): Promise<void> {
  for (const { port } of server.nics.filter(({ pending }) => pending === 'plug')) {
    if (nics?.some((nic) => nic.port === port && nic.pending === null)) await networks.cards.mark(trx, port, 'ACTIVE');
  }
}

/** Its host gets the ports as they are now, by which the machine is plugged at its next start. */
export async function tellPorts(
  tasks: TaskService,
  trx: Transaction,
  context: Context,
  { id, name, projectId, hostId }: ServerRecord,
): Promise<void> {
  if (hostId === null) return;
  const subject = { type: 'server', id, name };
  await tasks.enqueue(trx, context, { kind: 'server.ports', subject, projectId, args: { serverId: id, hostId } });
}

/** The same where the host says that the machine starts with other cards than the server has. */
export async function putCardsRight(
  { networks, tasks }: { networks: MachineNetworks; tasks: TaskService },
  trx: Transaction,
  context: Context,
  server: ServerRecord,
  nics: readonly MachineNic[],
): Promise<void> {
  const told = nics.filter(({ pending }) => pending !== 'unplug').map(({ port }) => port);
  if (!(await networks.cards.areOf(trx, server.id, told))) await tellPorts(tasks, trx, context, server);
}
