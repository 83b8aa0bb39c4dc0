import { z } from 'zod';
import { CumuletError, fromWire, OperationalError, toWire } from '../contract/errors.ts';
import { machineOrders } from '../contract/machine-orders.ts';
import { wireErrorSchema } from '../contract/task.ts';
import type { Transaction } from '../database/database.ts';
import { step, type TaskRun, type TaskStepDefinition } from '../tasks/task.definition.ts';
import type { HostClaim } from './collaborators.ts';
import { machineSpec, requirementsOf, requirementsOfGuest } from './machine-spec.ts';
import { type Placement, placementSchema } from './scheduler-hints.ts';
import type { ServerRecord } from './server.tables.ts';
import type { TaskState } from './server.values.ts';
import { placedGroup } from './server-group.resource.ts';
import { forgetCopy, requireServer, type ServerTaskParts } from './server-task.parts.ts';

export const placingArgsSchema = z.object({ serverId: z.string(), placement: placementSchema.prefault({}) });
export type PlacingArgs = z.infer<typeof placingArgsSchema>;
/** What the steps leave for later ones, and attempts for the next attempt. */
export const placingMemoSchema = z.object({
  hostId: z.string().optional(),
  generation: z.number().optional(),
  failedHosts: z.array(z.string()).default([]),
  /** Why the last attempt failed: what people are told when no other host is left. */
  lastError: wireErrorSchema.optional(),
});
export type PlacingMemo = z.infer<typeof placingMemoSchema>;
export type Placing = TaskRun<PlacingArgs, PlacingMemo>;

/** Hosts tried before giving up, as Nova's `scheduler.max_attempts`. */
const MAX_ATTEMPTS = 3;
/** How long an order waits for an agent that is away, milliseconds. */
const PATIENCE = 60_000;
/** How long taking a machine back waits; after that the host is told when it reports again. */
const UNDO_PATIENCE = 15_000;

/** What sets one way to a host apart from another. */
export interface PlacingWays {
  /** Only tasks with these arguments have the steps. */
  when?: (args: PlacingArgs) => boolean;
  /** What the machine is made of. */
  imageOf: (server: ServerRecord) => string | null;
  /** The ports are of that host from here on; and are of none again. */
  plug: (trx: Transaction, task: Placing, server: ServerRecord) => Promise<void>;
  unplug: (trx: Transaction, task: Placing) => Promise<void>;
  /** Before there is a host. */
  waiting: TaskState;
  /** Of what is left where a host is away when it is to be taken back. */
  said: string;
}

/** From a server without a host to a machine that runs on one; taken back, nothing is left of it there. */
export function placingSteps(
  parts: ServerTaskParts,
  { when, imageOf, plug, unplug, waiting, said }: PlacingWays,
): TaskStepDefinition<PlacingArgs, PlacingMemo>[] {
  const { database, servers, leftovers, claims, networks, orders } = parts;
  const only = when && { when };

  const schedule = step<PlacingArgs, PlacingMemo, { hostId: string }>({
    name: 'schedule',
    ...only,
    run: async (task) => {
      const server = await requireServer(parts, task.args.serverId);
      const image = await launchImage(task, server);
      const { requirements, askedBy } = requirementsOf(server.flavor, image);
      const request = {
        serverId: server.id,
        vcpus: server.flavor.vcpus,
        memoryMib: server.flavor.ram,
        diskGib: server.diskGib,
        excludeHosts: task.memo.failedHosts,
        requirements: [...requirements, ...requirementsOfGuest(server)],
        askedBy,
        eligible: await parts.eligibility.of({ flavor: server.flavor, properties: image?.properties ?? {} }),
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
        const taskState = during(server.taskState, waiting);
        await servers.updateFrom(trx, server, { hostId: null, taskState, powerState: 'NOSTATE', forwards: [] });
      });
    },
  });

  async function launchImage(task: Placing, server: ServerRecord) {
    const id = imageOf(server);
    return id === null ? null : await parts.images.imageForLaunch(task.context, id);
  }

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
  async function claim(task: Placing, request: HostClaim) {
    try {
      return await claims.claim(request, task.requireOwned);
    } catch (error) {
      const { lastError } = task.memo;
      if (lastError && error instanceof CumuletError && error.code === 'no_valid_host') throw fromStored(lastError);
      throw error;
    }
  }

  const ports = step<PlacingArgs, PlacingMemo>({
    name: 'ports',
    ...only,
    commit: async (trx, task) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      await plug(trx, task, server);
      const generation = server.generation + 1;
      await servers.updateFrom(trx, server, { taskState: during(server.taskState, 'spawning'), generation });
      return { generation };
    },
    undo: async (task) => {
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        await unplug(trx, task);
      });
    },
  });

  const spawn = step({
    name: 'spawn',
    ...only,
    run: async (task: Placing) => {
      const { hostId = '', generation = 0 } = task.memo;
      const server = await requireServer(parts, task.args.serverId);
      const [image, machinePorts] = await Promise.all([launchImage(task, server), networks.machinePorts(server.id)]);
      const drive = await parts.guests.configDrive(server, machinePorts, claims.zoneOf(hostId));
      const order = { id: server.id, generation, spec: machineSpec(server, image, machinePorts, drive) };
      return await orders.give(hostId, machineOrders.spawn.method, order, task.context, { task, patience: PATIENCE });
    },
    commit: async (trx, task, { powerState, forwards, nics = [] }) => {
      await servers.update(trx, task.args.serverId, { powerState, forwards, nics });
    },
    undo: async (task) => {
      const { hostId } = task.memo;
      if (hostId !== undefined) await takeBack(task, hostId);
    },
  });

  async function takeBack(task: Placing, hostId: string): Promise<void> {
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
      parts.log.warn({ server: id, host: hostId }, said);
    }
  }

  return [schedule, ports, spawn];
}

/** Where another host may do better, and how that is tried; nothing where this is the end. */
export function placeElsewhere({ memo, signal }: Placing, error: CumuletError): { retry: Partial<PlacingMemo> } | null {
  const isCancelled = error.code === 'aborted' || signal.aborted;
  const tried = memo.hostId === undefined ? memo.failedHosts : [...memo.failedHosts, memo.hostId];
  if (isCancelled || memo.hostId === undefined || !isFaultOfHost(error) || tried.length >= MAX_ATTEMPTS) return null;
  return { retry: { failedHosts: tried, lastError: toWire(error), hostId: undefined, generation: undefined } };
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
