import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { type CumuletError, explain, UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import type { TaskRun } from '../tasks/task.definition.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { ConsoleAccess, HostClaims, LaunchImages, MachineNetworks } from './collaborators.ts';
import type { HostEligibility } from './hardware/host-eligibility.ts';
import type { HostOrders } from './host-orders.ts';
import type { LeftoverRemovalService } from './leftover-removal.service.ts';
import type { MigrationRepository } from './migration.repository.ts';
import type { ServerJournal } from './server.journal.ts';
import type { ServerRepository } from './server.repository.ts';
import type { ServerRecord } from './server.tables.ts';
import type { ServerFault, TaskState } from './server.values.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import type { ServerGroups } from './server-group.resource.ts';
import type { ServerGuests } from './server-guests.service.ts';

/** What the long work on servers is made of. */
export interface ServerTaskParts {
  database: Database;
  tasks: TaskService;
  servers: ServerRepository;
  leftovers: LeftoverService;
  removal: LeftoverRemovalService;
  actions: ServerActionRepository;
  journal: ServerJournal;
  networks: MachineNetworks;
  claims: HostClaims;
  eligibility: HostEligibility;
  migrations: MigrationRepository;
  images: LaunchImages;
  consoles: Pick<ConsoleAccess, 'revoke'>;
  orders: HostOrders;
  serverGroups: ServerGroups;
  guests: ServerGuests;
  log: Logger;
}

export async function requireServer(parts: ServerTaskParts, id: string, trx?: Transaction): Promise<ServerRecord> {
  const server = await parts.servers.find(id, trx);
  if (!server) throw new UserError('not_found', `Instance ${id} could not be found.`);
  return server;
}

/** What the server's task state is once this task has ended: another task that waits has set its own already. */
export async function taskStateAfter(
  parts: ServerTaskParts,
  trx: Transaction,
  task: Pick<TaskRun<unknown>, 'id'>,
  server: ServerRecord,
): Promise<TaskState | null> {
  const others = (await parts.tasks.unfinishedOf(trx, server.id)).filter(({ id }) => id !== task.id);
  return others.length > 0 ? server.taskState : null;
}

/** A machine is gone: copies of images that were deleted and wait for this may go too, its own among them. */
export async function forgetCopy(parts: ServerTaskParts, trx: Transaction, context: Context, server: ServerRecord) {
  const { database, leftovers, removal } = parts;
  if (server.hostId === null) return;
  for (const row of await leftovers.at(trx, server.hostId, 'cached-image')) {
    database.afterCommit(trx, () => removal.removeOne(context, row));
  }
}

/** What waited to be confirmed stays as it is: the server was said to be something else since, or becomes that now. */
export async function settleResize(
  parts: Pick<ServerTaskParts, 'migrations' | 'claims'>,
  trx: Transaction,
  id: string,
) {
  const resize = await parts.migrations.finishedOf(id, trx);
  if (!resize) return;
  await parts.migrations.setStatus(trx, resize.uuid, 'confirmed');
  await parts.claims.release(trx, resize.uuid);
}

export function faultFrom(error: CumuletError): ServerFault {
  return { code: error.status, message: explain(error), created: new Date().toISOString() };
}
