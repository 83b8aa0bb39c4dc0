import { z } from 'zod';
import { CumuletError, explain, fromWire, OperationalError, toWire } from '../contract/errors.ts';
import { machineOrders } from '../contract/machine-orders.ts';
import { wireErrorSchema } from '../contract/task.ts';
import type { Transaction } from '../database/database.ts';
import { step, type TaskDefinition, type TaskRun } from '../tasks/task.definition.ts';
import type { HostClaim } from './collaborators.ts';
import { machineSpec, requirementsOf, requirementsOfGuest } from './machine-spec.ts';
import { type Placement, placementSchema } from './scheduler-hints.ts';
import { placedGroup } from './server-group.resource.ts';
import { faultFrom, forgetCopy, requireServer, type ServerTaskParts, taskStateAfter } from './server-task.parts.ts';

const argsSchema = z.object({ serverId: z.string(), placement: placementSchema.prefault({}) });
type BuildArgs = z.infer<typeof argsSchema>;
/** What the steps leave for later ones, and attempts for the next attempt. */
const memoSchema = z.object({
  hostId: z.string().optional(),
  generation: z.number().optional(),
  failedHosts: z.array(z.string()).default([]),
  /** Why the last attempt failed: what people are told when no other host is left. */
  lastError: wireErrorSchema.optional(),
});
type BuildMemo = z.infer<typeof memoSchema>;
type Build = TaskRun<BuildArgs, BuildMemo>;

/** Hosts tried before giving up, as Nova's `scheduler.max_attempts`. */
const MAX_ATTEMPTS = 3;
/** How long an order waits for an agent that is away, milliseconds. */
const PATIENCE = 60_000;
/** How long taking a machine back waits; after that the host is told when it reports again. */
const UNDO_PATIENCE = 15_000;

/** `server.build`: from the stored wish to a running machine, or to `ERROR` with a reason and nothing left behind. */
export function serverBuild(parts: ServerTaskParts): TaskDefinition<BuildArgs, BuildMemo> {
  const { database, servers, leftovers, claims, networks, orders } = parts;

  const schedule = step<BuildArgs, BuildMemo, { hostId: string }>({
    name: 'schedule',
    run: async (task) => {
      const server = await requireServer(parts, task.args.serverId);
      const image = await parts.images.imageForLaunch(task.context, server.imageId ?? '');
      const request = {
        serverId: server.id,
        vcpus: server.flavor.vcpus,
        memoryMib: server.flavor.ram,
        diskGib: server.diskGib,
        excludeHosts: task.memo.failedHosts,
        requirements: [...requirementsOf(image), ...requirementsOfGuest(server)],
        ...(await hostsFor(server.projectId, task.args.placement)),
        host: task.args.placement.host,
        zone: server.availabilityZone || null,
        group: await placedGroup(parts.serverGroups, server.groupId),
      };
      await claims.awaitHosts(request, task.signal);
      return await claim(task, request);
    },
    commit: async (trx, task, { hostId }) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      // What an earlier attempt may have left there is about to be this server's machine again.
      await leftovers.remove(trx, { host: hostId, kind: 'machine', id: server.id });
      await servers.updateFrom(trx, server, { hostId, taskState: during(server.taskState, 'networking') });
      return { hostId };
    },
    undo: async (task) => {
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        await claims.release(trx, task.args.serverId);
        const server = await servers.find(task.args.serverId, trx);
        if (!server) return;
        const taskState = during(server.taskState, 'scheduling');
        await servers.updateFrom(trx, server, { hostId: null, taskState, powerState: 'NOSTATE', forwards: [] });
      });
    },
  });

  /** Servers of other projects are as unknown here as everywhere. */
  async function hostsFor(projectId: string, { sameHost, differentHost }: Placement) {
    const hostsOf = async (ids: string[]): Promise<string[]> => {
      const found = await Promise.all(ids.map((id) => servers.find(id)));
      return found.flatMap((server) => (server?.projectId === projectId && server.hostId ? [server.hostId] : []));
    };
    return {
      sameHosts: sameHost.length > 0 ? await hostsOf(sameHost) : null,
      differentHosts: await hostsOf(differentHost),
    };
  }

  /** With no host left, what went wrong on the last one says more than that none is left. */
  async function claim(task: Build, request: HostClaim) {
    try {
      return await claims.claim(request, task.requireOwned);
    } catch (error) {
      const { lastError } = task.memo;
      if (lastError && error instanceof CumuletError && error.code === 'no_valid_host') throw fromStored(lastError);
      throw error;
    }
  }

  const ports = step<BuildArgs, BuildMemo>({
    name: 'ports',
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      const { id: serverId, projectId, requestedNetworks: requested } = server;
      const hostId = server.hostId ?? '';
      await networks.allocatePorts(trx, task.context, { serverId, projectId, requested, hostId });
      const generation = server.generation + 1;
      await servers.updateFrom(trx, server, { taskState: during(server.taskState, 'spawning'), generation });
      return { generation };
    },
    undo: async (task) => {
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        await networks.releasePorts(trx, task.context, task.args.serverId);
      });
    },
  });

  const spawn = step({
    name: 'spawn',
    run: async (task: Build) => {
      const { hostId = '', generation = 0 } = task.memo;
      const server = await requireServer(parts, task.args.serverId);
      const [image, machinePorts] = await Promise.all([
        parts.images.imageForLaunch(task.context, server.imageId ?? ''),
        networks.machinePorts(server.id),
      ]);
      const drive = await parts.guests.configDrive(server, machinePorts, claims.zoneOf(hostId));
      const order = { id: server.id, generation, spec: machineSpec(server, image, machinePorts, drive) };
      return await orders.give(hostId, machineOrders.spawn.method, order, task.context, { task, patience: PATIENCE });
    },
    commit: async (trx, task, { powerState, forwards }) => {
      await servers.update(trx, task.args.serverId, { powerState, forwards });
    },
    undo: async (task) => {
      const { hostId } = task.memo;
      if (hostId !== undefined) await takeBack(task, hostId);
    },
  });

  async function takeBack(task: Build, hostId: string): Promise<void> {
    const id = task.args.serverId;
    const leftover = { host: hostId, kind: 'machine', id, reason: 'build-failed' } as const;
    const generation = await database.transaction(async (trx) => {
      await task.requireOwned(trx);
      const raised = await servers.raiseGeneration(trx, id);
      await leftovers.add(trx, { ...leftover, generation: raised });
      return raised;
    });
    try {
      const patience = UNDO_PATIENCE;
      await orders.give(hostId, machineOrders.destroy.method, { id, generation }, task.context, { task, patience });
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        await leftovers.remove(trx, leftover);
        const server = await servers.find(id, trx);
        if (server) await forgetCopy(parts, trx, task.context, { ...server, hostId });
      });
    } catch (error) {
      if (!(error instanceof CumuletError) || error.code !== 'unavailable') throw error;
      // Recorded as left there: the host's next report is answered with the order to remove it.
      parts.log.warn({ server: id, host: hostId }, 'a host is away; what it may have of a failed build goes later');
    }
  }

  const activate = step<BuildArgs, BuildMemo>({
    name: 'activate',
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      await networks.bindPorts(trx, server.id, server.hostId ?? '', 'ACTIVE');
      const active = await servers.updateFrom(trx, server, {
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
    args: argsSchema,
    memo: memoSchema,
    cancellable: true,
    steps: [schedule, ports, spawn, activate],
    onFailed: async (task, error) => {
      const { memo } = task;
      const isCancelled = error.code === 'aborted' || task.signal.aborted;
      const tried = memo.hostId === undefined ? memo.failedHosts : [...memo.failedHosts, memo.hostId];
      if (!isCancelled && memo.hostId !== undefined && isFaultOfHost(error) && tried.length < MAX_ATTEMPTS) {
        return {
          retry: { failedHosts: tried, lastError: toWire(error), hostId: undefined, generation: undefined },
        };
      }
      return (trx) => (isCancelled ? forget(parts, trx, task) : fail(parts, trx, task, error));
    },
  };
}

/** Another host may do better. */
function isFaultOfHost(error: CumuletError): boolean {
  return error instanceof OperationalError && (error.origin !== 'controller' || error.code === 'unavailable');
}

/** A delete that waits has set its own task state. */
function during<T extends string>(current: T | null, next: T): T {
  return current === 'deleting' ? current : next;
}

function fromStored(error: z.infer<typeof wireErrorSchema>): CumuletError {
  return fromWire(error as Parameters<typeof fromWire>[0]);
}

/** A build that was cancelled never became a machine: the server goes, unless a delete sees to that already. */
async function forget(parts: ServerTaskParts, trx: Transaction, task: Build): Promise<void> {
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

async function fail(parts: ServerTaskParts, trx: Transaction, task: Build, error: CumuletError): Promise<void> {
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
