import { type CumuletError, explain } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import { step, type TaskDefinition } from '../tasks/task.definition.ts';
import {
  type Placing,
  type PlacingArgs,
  type PlacingMemo,
  placeElsewhere,
  placingArgsSchema,
  placingMemoSchema,
  placingSteps,
} from './server-placing.ts';
import { faultFrom, requireServer, type ServerTaskParts, taskStateAfter } from './server-task.parts.ts';

/** `server.build`: from the stored wish to a running machine, or to `ERROR` with a reason and nothing left behind. */
export function serverBuild(parts: ServerTaskParts): TaskDefinition<PlacingArgs, PlacingMemo> {
  const { networks } = parts;

  const activate = step<PlacingArgs, PlacingMemo>({
    name: 'activate',
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      await networks.bindPorts(trx, server.id, server.hostId ?? '', 'ACTIVE');
      const active = await parts.servers.updateFrom(trx, server, {
        vmState: 'active',
        taskState: await taskStateAfter(parts, trx, task, server),
        launchedAt: new Date().toISOString(),
        adminPass: null,
        fault: null,
      });
      await parts.actions.finish(trx, task.context.requestId, server.id, null);
      await parts.journal.record(trx, task.context, active, 'create.end', { host: active.hostId });
    },
  });

  return {
    kind: 'server.build',
    args: placingArgsSchema,
    memo: placingMemoSchema,
    cancellable: true,
    steps: [
      ...placingSteps(parts, {
        imageOf: ({ imageId }) => imageId,
        plug: async (trx, task, { id: serverId, projectId, requestedNetworks: requested, hostId }) =>
          await networks.allocatePorts(trx, task.context, { serverId, projectId, requested, hostId: hostId ?? '' }),
        unplug: async (trx, task) => await networks.releasePorts(trx, task.context, task.args.serverId),
        waiting: 'scheduling',
        said: 'a host is away; what it may have of a failed build goes later',
      }),
      activate,
    ],
    onFailed: async (task, error) => {
      const isCancelled = error.code === 'aborted' || task.signal.aborted;
      return (
        placeElsewhere(task, error) ??
        ((trx) => (isCancelled ? forget(parts, trx, task) : fail(parts, trx, task, error)))
      );
    },
  };
}

/** A build that was cancelled never became a machine: the server goes, unless a delete sees to that already. */
async function forget(parts: ServerTaskParts, trx: Transaction, task: Placing): Promise<void> {
  const server = await parts.servers.find(task.args.serverId, trx);
  if (!server) return;
  await parts.actions.finish(trx, task.context.requestId, server.id, 'The build was cancelled.');
  if (server.taskState === 'deleting') return;
  const now = new Date().toISOString();
  await parts.consoles.revoke(trx, server.id);
  await parts.servers.updateFrom(trx, server, {
    vmState: 'deleted',
    taskState: null,
    adminPass: null,
    terminatedAt: now,
    deletedAt: now,
  });
  await parts.journal.record(trx, task.context, { ...server, vmState: 'deleted', taskState: null }, 'delete.end');
}

async function fail(parts: ServerTaskParts, trx: Transaction, task: Placing, error: CumuletError): Promise<void> {
  const server = await parts.servers.find(task.args.serverId, trx);
  if (!server) return;
  const failed = await parts.servers.updateFrom(trx, server, {
    vmState: 'error',
    taskState: await taskStateAfter(parts, trx, task, server),
    fault: faultFrom(error),
  });
  await parts.actions.finish(trx, task.context.requestId, server.id, explain(error));
  await parts.journal.record(trx, task.context, failed, 'create.error', { message: explain(error) });
}
