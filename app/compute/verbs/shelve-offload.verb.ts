import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import type { Transaction } from '../../database/database.ts';
import { ADMIN } from '../../policy/base.policy.ts';
import { step } from '../../tasks/task.definition.ts';
import type { ServerRecord } from '../server.tables.ts';
import { forgetCopy, requireServer, settleResize } from '../server-task.parts.ts';
import { verbEnded, verbFailed } from './verb.tasks.ts';
import { type TaskVerb, taskVerb, type VerbParts, type VerbTaskArgs, verbSteps } from './verb.ts';

/** Its host gets back all that a shelved server still has there. */
export const shelveOffload: TaskVerb = taskVerb({
  name: 'shelveOffload',
  action: 'shelveOffload',
  rule: 'os_compute_api:os-shelve:shelve_offload',
  who: ADMIN,
  notification: 'shelve_offload',
  event: 'compute_shelve_offload_instance',
  asked: () => ({ allowed: { vm: ['shelved'] }, taskState: 'shelving_offloading' }),
  prepare: async () => ({}),
  task: (parts) =>
    verbSteps({
      args: z.object({ serverId: z.string() }),
      steps: [
        step<VerbTaskArgs>({
          name: 'offload',
          commit: async (trx, task) => {
            await leaveHost(parts, trx, task.context, await requireServer(parts, task.args.serverId, trx));
            await verbEnded(parts, shelveOffload, trx, task, {});
          },
        }),
      ],
      onFailed: async (task, error) => async (trx) => await verbFailed(parts, shelveOffload, trx, task, error),
    }),
  offers: [{ name: 'shelve-offload', group: 'sleep', bulk: 'menu', confirms: 'each' }],
});

/**
 * What the cloud has of a server on its host, given back. The machine there is recorded as left over, and goes as soon as
 * the host can be told.
 */
export async function leaveHost(
  parts: VerbParts,
  trx: Transaction,
  context: Context,
  server: ServerRecord,
): Promise<ServerRecord> {
  const { servers, leftovers, removal, networks, claims, consoles, database } = parts;
  const { id, hostId } = server;
  if (hostId !== null) {
    const generation = await servers.raiseGeneration(trx, id);
    const row = { host: hostId, kind: 'machine', id, generation, reason: 'deleted' } as const;
    await leftovers.add(trx, row);
    database.afterCommit(trx, () => removal.removeOne(context, row));
    await forgetCopy(parts, trx, context, server);
  }
  await networks.bindPorts(trx, id, '', 'DOWN');
  await settleResize(parts, trx, id);
  await claims.release(trx, id);
  await consoles.revoke(trx, id);
  const gone = { vmState: 'shelved_offloaded', hostId: null, powerState: 'SHUTDOWN', forwards: [] } as const;
  return (await servers.update(trx, id, { ...gone, forwards: [] })) ?? server;
}
