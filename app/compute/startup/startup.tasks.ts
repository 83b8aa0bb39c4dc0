import { OperationalError } from '../../contract/errors.ts';
import { step, type TaskDefinition, type TaskRun } from '../../tasks/task.definition.ts';
import type { TurnParts, TurnsOf } from './turn-orders.ts';
import { TurnRounds, type TurnTaskArgs, turnTaskArgsSchema } from './turn-rounds.ts';

export const HOST_START = 'host.start_again';
export const GROUP_START = 'machine_group.start';
export const GROUP_STOP = 'machine_group.stop';

/** So many of those that failed are named. */
const MOST_NAMED = 5;

/** Long work with several machines, each in its turn; which they are stands in `compute_turn`. */
export function turnTasks(parts: TurnParts): TaskDefinition<TurnTaskArgs>[] {
  return [
    turnTask(parts, HOST_START, { way: 'start', isUnasked: true }),
    turnTask(parts, GROUP_START, { way: 'start', isUnasked: false }),
    turnTask(parts, GROUP_STOP, { way: 'stop', isUnasked: false }),
  ];
}

function turnTask(parts: TurnParts, kind: string, how: TurnsOf): TaskDefinition<TurnTaskArgs> {
  const { startups, servers } = parts;
  return {
    kind,
    args: turnTaskArgsSchema,
    // What was ordered by then goes on by itself.
    cancellable: true,
    steps: [
      step<TurnTaskArgs>({
        name: 'machines',
        run: async (task: TaskRun<TurnTaskArgs>) => await new TurnRounds(parts, task, how).toEnd(),
      }),
      step<TurnTaskArgs>({
        name: 'result',
        run: async (task: TaskRun<TurnTaskArgs>) => {
          const turns = await startups.turnsOf(task.id);
          const failed = turns.filter(({ state }) => state === 'failed');
          if (failed.length === 0) return;
          const found = await Promise.all(failed.slice(0, MOST_NAMED).map(({ serverId }) => servers.find(serverId)));
          const names = found.flatMap((server) => server?.name ?? []).join(', ');
          const did = how.way === 'start' ? 'start' : 'stop';
          const message = `${failed.length} of ${turns.length} machines did not ${did}: ${names}.`;
          throw new OperationalError('hypervisor_failed', 'agent', message, {
            hint: 'The page of each says why. The others are as they should be.',
          });
        },
        commit: async (trx, task) => await startups.forgetTurns(trx, task.id),
      }),
    ],
    onFailed: async (task) => async (trx) => await startups.forgetTurns(trx, task.id),
  };
}
