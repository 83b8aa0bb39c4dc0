import { z } from 'zod';
import { type CumuletError, OperationalError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import type { Transaction } from '../../database/database.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { personalityField } from '../injected-files.ts';
import { machineSpec, requirementsOf } from '../machine-spec.ts';
import { changesFrom } from '../server.journal.ts';
import type { ServerRecord } from '../server.tables.ts';
import { forgetCopy, requireServer, settleResize } from '../server-task.parts.ts';
import { awaitHost, startAgain } from './host-contact.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type LongVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

const argsSchema = z.object({
  serverId: z.string(),
  hostId: z.string(),
  keepsEphemeral: z.boolean(),
  /** One that was off stays so. */
  starts: z.boolean(),
  wasRunning: z.boolean(),
  /** Put back where nothing comes of it: what the machine still is. */
  before: z.object({
    imageId: z.string().nullable(),
    imageProperties: z.record(z.string(), z.string()),
    keyName: z.string().nullable(),
    publicKey: z.string().nullable(),
    userData: z.string().nullable(),
    configDrive: z.boolean(),
    /** Missing where an earlier version asked. */
    injectedFiles: personalityField.default([]),
    diskGib: z.number(),
  }),
});
const memoSchema = z.object({
  /** Of the order; the one to start the machine has the next. */
  generation: z.number().default(0),
  /** Its host does not have it any more: there is nothing to keep, and all to be made. */
  isLost: z.boolean().default(false),
  /** The disks it had are gone. */
  isRebuilt: z.boolean().default(false),
});
type Rebuild = TaskRun<z.infer<typeof argsSchema>, z.infer<typeof memoSchema>>;

/** `server.rebuild`: until its new disks are there the machine is what it was, and is that again where it fails. */
export function rebuildTask(parts: VerbParts, verb: LongVerb): VerbTask {
  const { servers, orders, claims } = parts;

  const check = step<Rebuild['args'], Rebuild['memo'], boolean>({
    name: 'check',
    run: async (task) => {
      const { serverId, hostId } = task.args;
      const server = await requireServer(parts, serverId);
      const image = await imageOf(task, server);
      const machines = await awaitHost(parts, task);
      const { facts, name } = await claims.showHost(hostId);
      const { requirements, askedBy } = requirementsOf(server.flavor, image);
      const has = [...(facts?.capabilities ?? []), ...(facts?.traits ?? [])];
      const eligible = await parts.eligibility.of({ flavor: server.flavor, properties: image.properties });
      const unmet = eligible?.ids.includes(hostId) === false ? eligible.by : [];
      const lacking = requirements.filter((wanted) => !has.includes(wanted));
      const missing = [...lacking.map((wanted) => askedBy[wanted] ?? wanted), ...unmet];
      if (missing.length === 0) return machines.every(({ id }) => id !== serverId);
      const message = `No valid host was found. ${name}, which the server is on, cannot do ${missing.join(', ')}.`;
      throw new OperationalError('no_valid_host', 'controller', message, { hint: 'Use an image that it can run.' });
    },
    commit: async (trx, task, isLost) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      const taskState = server.taskState === 'rebuilding' ? 'rebuild_block_device_mapping' : server.taskState;
      // One for the order, and one to start the machine.
      await servers.updateFrom(trx, server, { taskState, generation: server.generation + 2 });
      return { generation: server.generation + 1, isLost };
    },
  });

  const rebuild = step<Rebuild['args'], Rebuild['memo'], MachineStatus>({
    name: 'rebuild',
    run: async (task) => {
      const { serverId: id, hostId, keepsEphemeral } = task.args;
      const server = await requireServer(parts, id);
      const [image, ports] = await Promise.all([imageOf(task, server), parts.networks.machinePorts(id)]);
      const drive = await parts.guests.configDrive(server, ports, claims.zoneOf(hostId));
      const spec = machineSpec(server, image, ports, drive);
      const order = { id, spec, generation: task.memo.generation };
      const options = { task, patience: 'forever' } as const;
      const { rebuild, spawn } = machineOrders;
      return task.memo.isLost
        ? await orders.give(hostId, spawn.method, order, task.context, options)
        : await orders.give(hostId, rebuild.method, { ...order, keepsEphemeral }, task.context, options);
    },
    commit: async (trx, task, status) => {
      const server = await requireServer(parts, task.args.serverId, trx);
      const { powerState, stateRevision, forwards } = changesFrom(status);
      const taskState = server.taskState === 'rebuild_block_device_mapping' ? 'rebuild_spawning' : server.taskState;
      await servers.updateFrom(trx, server, { powerState, stateRevision, forwards, taskState });
      await forgetCopy(parts, trx, task.context, { ...server, imageId: task.args.before.imageId });
      await settleResize(parts, trx, server.id);
      return { isRebuilt: true };
    },
    undo: async (task) => {
      const { memo, args } = task;
      if (memo.isRebuilt || !args.wasRunning) return;
      await startAgain(parts, task, { id: args.serverId, generation: memo.generation + 1 });
    },
  });

  const start = step<Rebuild['args'], Rebuild['memo'], MachineStatus>({
    name: 'start',
    when: ({ starts }) => starts,
    run: async (task) => {
      const { serverId: id, hostId } = task.args;
      const order = { id, generation: task.memo.generation + 1 };
      const options = { task, patience: 'forever' } as const;
      return await orders.give(hostId, machineOrders.start.method, order, task.context, options);
    },
    commit: async (trx, task, status) => {
      await servers.update(trx, task.args.serverId, changesFrom(status));
    },
  });

  const finish = step<Rebuild['args'], Rebuild['memo']>({
    name: 'finish',
    commit: async (trx, task) => {
      // The password that its guest left was of the old system.
      const done = { fault: null, adminPass: null, guestPassword: '', rescueImageId: null };
      await verbEnded(parts, verb, trx, task, done);
    },
  });

  async function imageOf(task: Rebuild, server: ServerRecord) {
    return await parts.images.imageForLaunch(task.context, server.imageId ?? '', { field: 'rebuild.imageRef' });
  }

  /** Nothing came of it. */
  async function putBack(trx: Transaction, task: Rebuild, error: CumuletError): Promise<void> {
    const { serverId, before } = task.args;
    const server = await servers.find(serverId, trx);
    if (!server) return;
    await claims.changeDisk(trx, serverId, before.diskGib);
    await forgetCopy(parts, trx, task.context, server);
    await verbFailed(parts, verb, trx, task, error, { ...before, adminPass: null });
  }

  return verbSteps<Rebuild['args'], Rebuild['memo']>({
    args: argsSchema,
    memo: memoSchema,
    steps: [check, rebuild, start, finish],
    onFailed: async (task, error) => async (trx) => {
      if (!task.memo.isRebuilt) return await putBack(trx, task, error);
      await verbFailed(parts, verb, trx, task, error, { vmState: 'error', adminPass: null });
    },
  });
}
