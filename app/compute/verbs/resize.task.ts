import { z } from 'zod';
import { UnexpectedError, UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import type { Transaction } from '../../database/database.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { ephemeralGib, machineDisks } from '../block-devices.ts';
import { askedHardware } from '../hardware/asked-hardware.ts';
import type { MigrationRecord } from '../migration.tables.ts';
import { changesFrom } from '../server.journal.ts';
import type { ServerChanges } from '../server.repository.ts';
import type { EmbeddedFlavor } from '../server.values.ts';
import { requireServer } from '../server-task.parts.ts';
import { shutdownSeconds } from './stop.verb.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import type { TaskVerb, VerbParts, VerbTask } from './verb.ts';
import { verbSteps } from './verb.ts';

/** How long an order waits for an agent that is away, milliseconds. */
export const PATIENCE = 60_000;

export const resizeArgs = z.object({
  serverId: z.string(),
  hostId: z.string(),
  /** Its uuid. */
  migration: z.string(),
  /** It is to run afterwards. */
  wasOn: z.boolean(),
});
export type ResizeArgs = z.infer<typeof resizeArgs>;

const memoSchema = z.object({
  /** Of the next order. */
  generation: z.number().optional(),
});
type ResizeMemo = z.infer<typeof memoSchema>;
type Resize = TaskRun<ResizeArgs, ResizeMemo>;

/** From one flavor to the other on the same host; where it fails the server is what it was, and runs if it ran. */
export function resizeTask(parts: VerbParts, verb: TaskVerb): VerbTask {
  const { database, servers, claims, migrations, journal, orders } = parts;

  const claim = step<ResizeArgs, ResizeMemo>({
    name: 'claim',
    run: async (task) => {
      const { serverId, hostId, migration } = task.args;
      const { newFlavor, oldFlavor, newDiskGib } = await requireMigration(parts, migration);
      const { blockDevices } = await requireServer(parts, serverId);
      // As Nova's libvirt driver, which finds it out here too.
      if (newFlavor.disk < oldFlavor.disk || newFlavor.ephemeral < ephemeralGib(blockDevices, oldFlavor)) {
        throw new UserError('bad_request', 'Resize error: Unable to resize disk down.', {
          hint: 'Pick a flavor whose disks are no smaller.',
        });
      }
      const room = { vcpus: newFlavor.vcpus, memoryMib: newFlavor.ram, diskGib: newDiskGib };
      const { imageProperties: properties } = await requireServer(parts, serverId);
      const wish = { flavor: newFlavor, properties };
      const { requirements, askedBy } = askedHardware(wish);
      const eligible = await parts.eligibility.of(wish);
      const only = { excludeHosts: [], host: hostId, requirements, askedBy, eligible };
      const request = { serverId: migration, resizedServerId: serverId, ...room, ...only };
      await claims.awaitHosts(request, task.signal);
      await claims.claim(request, task.requireOwned);
    },
    commit: async (trx, task) => {
      const { serverId, migration } = task.args;
      // As in Nova, what it has is the server's, and the way back is the migration's.
      await claims.exchange(trx, serverId, migration);
      await migrations.setStatus(trx, migration, 'migrating');
      await servers.update(trx, serverId, { taskState: 'resize_migrating' });
      await nextEvent(parts, trx, task, 'compute_prep_resize', 'compute_resize_instance');
      return { generation: await servers.raiseGeneration(trx, serverId) };
    },
    undo: async (task) => {
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        const { serverId, migration } = task.args;
        if (task.memo.generation !== undefined) await claims.exchange(trx, serverId, migration);
        await claims.release(trx, migration);
      });
    },
  });

  const change = step<ResizeArgs, ResizeMemo, MachineStatus>({
    name: 'resize',
    run: async (task) => {
      const { serverId: id, hostId, migration } = task.args;
      const { newFlavor } = await requireMigration(parts, migration);
      const server = await requireServer(parts, id);
      const { hardware } = askedHardware({ flavor: newFlavor, properties: server.imageProperties });
      const { rootDiskGib, disks } = machineDisks(server.blockDevices, newFlavor, server.imageId !== null);
      const order = {
        ...{ id, generation: task.memo.generation ?? 0, migration, timeoutSeconds: shutdownSeconds(server), hardware },
        ...{ vcpus: newFlavor.vcpus, memoryMib: newFlavor.ram, rootDiskGib, disks },
      };
      return await orders.give(hostId, machineOrders.resize.method, order, task.context, { task, patience: PATIENCE });
    },
    commit: async (trx, task, status) => {
      const { serverId, migration } = task.args;
      const { newFlavor, newDiskGib } = await requireMigration(parts, migration, trx);
      const changes = {
        ...hasFlavor(newFlavor, newDiskGib),
        ...powerOf(status),
        taskState: 'resize_migrated',
      } as const;
      const server = await servers.update(trx, serverId, changes);
      await migrations.setStatus(trx, migration, 'post-migrating');
      await nextEvent(parts, trx, task, 'compute_finish_resize');
      if (server) await journal.record(trx, task.context, server, 'resize.end');
      return { generation: await servers.raiseGeneration(trx, serverId) };
    },
    undo: async (task) => await goBack(parts, task),
  });

  const finish = step<ResizeArgs, ResizeMemo, MachineStatus | null>({
    name: 'finish',
    run: async (task) => {
      const { serverId: id, hostId, wasOn } = task.args;
      await database.transaction(async (trx) => {
        await task.requireOwned(trx);
        const server = await servers.find(id, trx);
        if (server?.taskState !== 'resize_migrated') return;
        const finishing = await servers.updateFrom(trx, server, { taskState: 'resize_finish' });
        await journal.record(trx, task.context, finishing, 'finish_resize.start');
      });
      if (!wasOn) return null;
      const order = { id, generation: task.memo.generation ?? 0 };
      return await orders.give(hostId, machineOrders.start.method, order, task.context, { task, patience: PATIENCE });
    },
    commit: async (trx, task, status) => {
      await migrations.setStatus(trx, task.args.migration, 'finished');
      const changes = { ...(status && powerOf(status)), vmState: 'resized', fault: null } as const;
      await verbEnded(parts, { ...verb, notification: 'finish_resize' }, trx, task, changes);
    },
  });

  return verbSteps<ResizeArgs, ResizeMemo>({
    args: resizeArgs,
    memo: memoSchema,
    steps: [claim, change, finish],
    onFailed: async (task, error) => async (trx) => {
      const { oldFlavor, oldDiskGib } = await requireMigration(parts, task.args.migration, trx);
      await migrations.setStatus(trx, task.args.migration, 'error');
      await verbFailed(parts, verb, trx, task, error, hasFlavor(oldFlavor, oldDiskGib));
    },
  });
}

/** The machine becomes what it was; where it never was anything else, nothing. What is about to be deleted may stay. */
async function goBack(parts: VerbParts, task: Resize): Promise<void> {
  const { database, servers, orders } = parts;
  const { serverId: id, hostId, migration, wasOn } = task.args;
  const generations = await database.transaction(async (trx) => {
    await task.requireOwned(trx);
    const server = await servers.find(id, trx);
    if (!server || server.taskState === 'deleting') return undefined;
    const generation = await servers.raiseGeneration(trx, id);
    const starts = wasOn && server.taskState !== 'soft-deleting';
    return { revert: generation, start: starts ? await servers.raiseGeneration(trx, id) : null };
  });
  if (generations === undefined) return;
  const give = { task, patience: PATIENCE };
  const revert = { id, migration, generation: generations.revert };
  let status = await orders.give(hostId, machineOrders.revertResize.method, revert, task.context, give);
  if (generations.start !== null) {
    const start = { id, generation: generations.start };
    status = await orders.give(hostId, machineOrders.start.method, start, task.context, give);
  }
  await database.transaction(async (trx) => {
    await task.requireOwned(trx);
    await servers.update(trx, id, powerOf(status));
  });
}

export async function requireMigration(parts: VerbParts, uuid: string, trx?: Transaction): Promise<MigrationRecord> {
  const migration = await parts.migrations.find(uuid, trx);
  if (!migration) throw new UnexpectedError(`There is no migration ${uuid}.`);
  return migration;
}

/** What a server has of a flavor; `diskGib` is what the scheduler counts. */
export function hasFlavor(flavor: EmbeddedFlavor, diskGib: number): ServerChanges {
  return { flavor, vcpus: flavor.vcpus, memoryMib: flavor.ram, diskGib };
}

/** What its host says of its power, and nothing of its state: that is the task's to say. */
export function powerOf(status: MachineStatus): ServerChanges {
  const { vmState: _, ...power } = changesFrom(status);
  return power;
}

/** What went on below the action is over; those come after it, the last of which goes on. */
export async function nextEvent(
  parts: VerbParts,
  trx: Transaction,
  task: Pick<TaskRun<ResizeArgs>, 'context' | 'args'>,
  ...events: string[]
): Promise<void> {
  const { requestId } = task.context;
  for (const event of events) {
    await parts.actions.finish(trx, requestId, task.args.serverId, null);
    await parts.actions.beginEvent(trx, requestId, task.args.serverId, event);
  }
}
