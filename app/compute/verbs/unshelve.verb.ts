import { z } from 'zod';
import { agentMethods } from '../../contract/agent.methods.ts';
import { UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import type { Transaction } from '../../database/database.ts';
import type { Microversion } from '../../http/microversion.ts';
import { ADMIN, MEMBER, rules } from '../../policy/base.policy.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import { fqdnField } from '../request-field.schema.ts';
import { changesFrom } from '../server.journal.ts';
import type { ServerRecord } from '../server.tables.ts';
import { placeElsewhere, placingArgsSchema, placingMemoSchema, placingSteps } from '../server-placing.ts';
import { requireServer } from '../server-task.parts.ts';
import { leaveHost } from './shelve-offload.verb.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type PrepareRequest, type TaskVerb, taskVerb, type VerbParts, verbSteps } from './verb.ts';

/** Zones from here on, and hosts. */
const [WITH_ZONE, WITH_HOST] = [77, 91];

type UnshelveValue = { availability_zone?: string | null | undefined; host?: string | undefined } | null | undefined;
const zone = z.string().min(1).max(255);
const unshelveValue = (version: Microversion): z.ZodType<UnshelveValue> => {
  // Nobody looked at it.
  if (version < WITH_ZONE) return z.any().transform(() => null);
  const asked =
    version < WITH_HOST
      ? z.strictObject({ availability_zone: zone })
      : z.strictObject({ availability_zone: zone.nullable().optional(), host: fqdnField.optional() });
  return asked.nullable() as z.ZodType<UnshelveValue>;
};

const unshelveArgs = placingArgsSchema.extend({
  /** Where it is shelved and its machine is still there; null where it is on no host. */
  there: z.object({ hostId: z.string(), generation: z.number() }).nullable(),
});
type UnshelveArgs = z.infer<typeof unshelveArgs>;
type UnshelveMemo = z.infer<typeof placingMemoSchema>;
type Unshelving = TaskRun<UnshelveArgs, UnshelveMemo>;

const PATIENCE = 30_000;

/** On again: where its machine is, or made anew of the image that it waits in, which then goes. */
export const unshelve: TaskVerb = taskVerb<UnshelveValue>({
  name: 'unshelve',
  action: 'unshelve',
  rule: 'os_compute_api:os-shelve:unshelve',
  who: MEMBER,
  value: unshelveValue,
  notification: 'unshelve',
  worksWithoutHost: true,
  isCancellable: true,
  asked: () => ({ allowed: { vm: ['shelved', 'shelved_offloaded'] }, taskState: 'unshelving' }),
  prepare: async (request, value) => {
    const { server, trx, parts } = request;
    const { hostId } = server;
    if (server.vmState === 'shelved' && hostId !== null) {
      refusePlace(server, value);
      const generation = await parts.servers.raiseGeneration(trx, server.id);
      return { args: { there: { hostId, generation } } };
    }
    const host = placeOf(request, value);
    const pinned = value?.availability_zone;
    return {
      args: { there: null, placement: { ...server.beside, host } },
      ...(pinned !== undefined && { changes: { availabilityZone: pinned ?? '' } }),
    };
  },
  task: (parts) =>
    verbSteps<UnshelveArgs, UnshelveMemo>({
      args: unshelveArgs,
      memo: placingMemoSchema,
      steps: [
        step({
          name: 'power-on',
          when: ({ there }) => there !== null,
          run: async (task: Unshelving): Promise<MachineStatus | null> => {
            const { hostId = '', generation = 0 } = task.args.there ?? {};
            const order = { id: task.args.serverId, generation };
            const options = { task, patience: PATIENCE };
            const { machines } = await parts.orders.give(hostId, agentMethods.list, {}, task.context, options);
            if (machines.every(({ id }) => id !== order.id)) return null;
            return await parts.orders.give(hostId, machineOrders.start.method, order, task.context, options);
          },
          commit: async (trx, task, status: MachineStatus | null) => {
            if (status === null) await anew(parts, trx, task);
            else await end(parts, trx, task, changesFrom(status));
          },
        }),
        ...placingSteps(parts, {
          when: (args) => (args as UnshelveArgs).there === null,
          imageOf: ({ shelvedImageId }) => shelvedImageId ?? '',
          plug: async (trx, _task, { id, hostId }) =>
            void (await parts.networks.bindPorts(trx, id, hostId ?? '', 'DOWN')),
          unplug: async (trx, { args }) => void (await parts.networks.bindPorts(trx, args.serverId, '', 'DOWN')),
          waiting: 'unshelving',
          said: 'a host is away; what it may have of a server that stays shelved goes later',
        }),
        step({
          name: 'activate',
          when: ({ there }) => there === null,
          commit: async (trx, task: Unshelving) => {
            const { id, hostId } = await requireServer(parts, task.args.serverId, trx);
            await parts.networks.bindPorts(trx, id, hostId ?? '', 'ACTIVE');
            await end(parts, trx, task, { vmState: 'active' });
          },
        }),
      ] as ReturnType<typeof step<UnshelveArgs, UnshelveMemo>>[],
      onFailed: async (task, error) =>
        placeElsewhere(task, error) ?? (async (trx) => await verbFailed(parts, unshelve, trx, task, error)),
    }),
  offers: [{ name: 'unshelve', group: 'sleep', bulk: 'menu', confirms: 'several' }],
});

export const UNSHELVE_RULES = rules(ADMIN, ['os_compute_api:os-shelve:unshelve_to_host']);

/** Its host does not have it any more: it is made of its image, as if it had been on none. */
async function anew(parts: VerbParts, trx: Transaction, task: Unshelving): Promise<void> {
  const { context, args } = task;
  const server = await leaveHost(parts, trx, context, await requireServer(parts, args.serverId, trx));
  const { id, name, projectId } = server;
  const subject = { type: 'server', id, name };
  await parts.tasks.enqueue(trx, context, {
    ...{ kind: 'server.unshelve', subject, projectId },
    args: { serverId: id, there: null, placement: { ...server.beside, host: null } },
  });
}

async function end(
  parts: VerbParts,
  trx: Transaction,
  task: Unshelving,
  changes: Partial<ServerRecord>,
): Promise<void> {
  const { shelvedImageId } = await requireServer(parts, task.args.serverId, trx);
  if (shelvedImageId !== null) await parts.images.snapshots.remove(trx, task.context, shelvedImageId, task.id);
  const launchedAt = new Date().toISOString();
  await verbEnded(parts, unshelve, trx, task, {
    ...{ ...changes, launchedAt, shelvedAt: null, shelvedImageId: null, fault: null },
  });
}

function refusePlace({ id, vmState }: ServerRecord, value: UnshelveValue): void {
  if (value?.availability_zone == null && value?.host === undefined) return;
  throw new UserError(
    'conflict',
    `Specifying an availability zone or a host when unshelving instance "${id}" with status "${vmState}" is not supported. The instance status must be SHELVED_OFFLOADED.`,
    { field: value.host === undefined ? 'unshelve.availability_zone' : 'unshelve.host' },
  );
}

/** The id of the host that was asked for, null for any. */
function placeOf({ parts, enforce, server }: PrepareRequest, value: UnshelveValue): string | null {
  const { claims } = parts;
  const asked = value?.availability_zone;
  if (asked != null && !claims.ids().some((id) => claims.zoneOf(id) === asked)) {
    throw new UserError('bad_request', 'The requested availability zone is not available', {
      field: 'unshelve.availability_zone',
    });
  }
  if (value?.host === undefined) return null;
  enforce('os_compute_api:os-shelve:unshelve_to_host');
  const hostId = claims.idOf(value.host);
  if (hostId === undefined) {
    throw new UserError('bad_request', `Compute host ${value.host} could not be found.`, { field: 'unshelve.host' });
  }
  const pinned = asked === undefined ? server.availabilityZone : (asked ?? '');
  if (pinned !== '' && claims.zoneOf(hostId) !== pinned) {
    throw new UserError('conflict', `Host "${value.host}" is not in the availability zone "${pinned}".`, {
      field: 'unshelve.host',
    });
  }
  return hostId;
}
