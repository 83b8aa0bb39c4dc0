import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { step, type TaskRun } from '../../tasks/task.definition.ts';
import type { AllowedStates } from '../server.state.ts';
import { requireServer } from '../server-task.parts.ts';
import { awaitHost } from './host-contact.ts';
import type { VerbParts } from './verb.ts';

/** What a host says that can give a machine a card, and take it. */
const NICS = 'nics:hotplug';

/** When cards come and go, as in Nova. */
export const CARDS_MOVE: AllowedStates = { vm: ['active', 'paused', 'stopped'] };

export const cardArgsSchema = z.object({ serverId: z.string(), hostId: z.string(), portId: z.string() });
/** Of the order; one that takes it back has the next. */
export const cardMemoSchema = z.object({ generation: z.number().default(0) });
export type CardTask = TaskRun<z.infer<typeof cardArgsSchema>, z.infer<typeof cardMemoSchema>>;

/** The host is there and can do it; two numbers of orders are the task's from then on. */
export function checkHost(parts: VerbParts) {
  return step<CardTask['args'], CardTask['memo']>({
    name: 'check',
    run: async (task) => {
      const { serverId, hostId } = task.args;
      await awaitHost(parts, task);
      const { facts } = await parts.claims.showHost(hostId);
      if (facts?.capabilities.includes(NICS)) return;
      throw new UserError('bad_request', `Attaching interfaces is not supported for instance ${serverId}.`, {
        hint: 'The agent of its host is older than its controller: upgrade it.',
      });
    },
    commit: async (trx, task) => {
      const { id, generation } = await requireServer(parts, task.args.serverId, trx);
      await parts.servers.update(trx, id, { generation: generation + 2 });
      return { generation: generation + 1 };
    },
  });
}
