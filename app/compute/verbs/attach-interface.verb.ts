import { z } from 'zod';
import { CumuletError, UserError } from '../../contract/errors.ts';
import type { MachineStatus } from '../../contract/machine.ts';
import { machineOrders } from '../../contract/machine-orders.ts';
import { type Microversion, since } from '../../http/microversion.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import { ipField, tagField } from '../request-field.schema.ts';
import { changesFrom } from '../server.journal.ts';
import { CARDS_MOVE, type CardTask, cardArgsSchema, cardMemoSchema, checkHost } from './interface-cards.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, type VerbParts, type VerbTask, verbSteps } from './verb.ts';

/** What the request calls what it asks for. */
const AT = 'interfaceAttachment';
/** How long the answer waits for the card, milliseconds; longer than a host that is away is waited for. */
const ANSWER_WITHIN = 60_000;
/** How long a host is waited for that is to take a card back, milliseconds. */
const UNDO_PATIENCE = 30_000;

/** Beside `interfaceAttachment`. */
export const attachValue = (version: Microversion) =>
  z.strictObject({
    net_id: z.uuid().optional(),
    port_id: z.uuid().nullable().optional(),
    fixed_ips: z
      .array(z.strictObject({ ip_address: ipField }))
      .length(1)
      .optional(),
    ...since(version, 49, { tag: tagField.optional() }),
  });
type AttachValue = z.infer<ReturnType<typeof attachValue>>;

/** A card more. Asked for by `POST /servers/{id}/os-interface`, which answers when it is there, and by no action. */
export const attachInterface: TaskVerb = taskVerb<AttachValue>({
  name: 'attach_interface',
  action: 'attach_interface',
  rule: 'os_compute_api:os-attach-interfaces:create',
  who: MEMBER,
  notification: 'interface_attach',
  event: 'compute_attach_interface',
  asked: () => ({ allowed: CARDS_MOVE }),
  prepare: async ({ context, server, trx, parts }, value) => {
    const { id: serverId, projectId, hostId } = server;
    const request = { serverId, projectId, hostId: hostId ?? '', wanted: wantedCard(value), at: AT };
    const portId = await parts.networks.cards.attach(trx, context, request);
    return {
      args: { hostId, portId },
      answer: async ({ id }) => {
        await parts.tasks.ended(id, ANSWER_WITHIN);
        return portId;
      },
    };
  },
  task: attachTask,
});

function wantedCard({ net_id: networkId, port_id: portId, fixed_ips: [fixed] = [], tag }: AttachValue) {
  const field = `${AT}.net_id`;
  if (networkId && portId) throw new UserError('bad_request', 'Must not input both network_id and port_id', { field });
  if (fixed && !networkId) {
    throw new UserError('bad_request', 'Must input network_id when request IP address', { field });
  }
  return {
    ...(portId && { portId }),
    ...(networkId && { networkId }),
    ...(fixed && { ipAddress: fixed.ip_address }),
    ...(tag && { tag }),
  };
}

function attachTask(parts: VerbParts): VerbTask {
  const { networks, orders, log } = parts;

  const plug = step<CardTask['args'], CardTask['memo'], MachineStatus>({
    name: 'plug',
    run: async (task) => {
      const { serverId: id, hostId, portId } = task.args;
      const port = (await networks.machinePorts(id)).find((each) => each.id === portId);
      if (!port) throw new UserError('conflict', `Port ${portId} is not of this instance any more.`);
      const order = { id, generation: task.memo.generation, port };
      const options = { task, patience: 'forever' } as const;
      return await orders.give(hostId, machineOrders.plugNic.method, order, task.context, options);
    },
    commit: async (trx, task, status) => {
      const { portId } = task.args;
      const isWaiting = status.nics?.some(({ port, pending }) => port === portId && pending === 'plug') ?? false;
      await networks.cards.mark(trx, portId, isWaiting ? 'DOWN' : 'ACTIVE');
      await verbEnded(parts, attachInterface, trx, task, changesFrom(status));
    },
    undo: async (task) => {
      const { serverId: id, hostId, portId } = task.args;
      const order = { id, generation: task.memo.generation + 1, port: portId };
      const options = { task, patience: UNDO_PATIENCE };
      try {
        await orders.give(hostId, machineOrders.unplugNic.method, order, task.context, options);
      } catch (error) {
        if (!(error instanceof CumuletError)) throw error;
        // The host is told what cards there are when it reports others.
        log.warn({ err: error, server: id, port: portId }, 'a card that was not to be could not be taken back');
      }
    },
  });

  return verbSteps<CardTask['args'], CardTask['memo']>({
    args: cardArgsSchema,
    memo: cardMemoSchema,
    steps: [checkHost(parts), plug],
    onFailed: async (task, error) => async (trx) => {
      await networks.cards.detach(trx, task.context, task.args.serverId, task.args.portId);
      await verbFailed(parts, attachInterface, trx, task, error);
    },
  });
}
