import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { TaskView } from '../contract/task.ts';
import type { ServerOrderNews } from './server.journal.ts';
import type { ServerService, ServerServiceParts } from './server.service.ts';
import { ALLOWED, type AllowedStates, assertState, assertUnlocked } from './server.state.ts';
import type { TaskState } from './server.values.ts';

/** Seconds a guest has to shut down before the power is cut, as Nova's `shutdown_timeout`. */
const SHUTDOWN_SECONDS = 60;

interface PowerOrder {
  /** The verb as people and Nova's messages name it. */
  verb: string;
  /** Name in os-instance-actions, and of its one event. */
  action: string;
  event: string;
  allowed: AllowedStates;
  taskState: TaskState;
  kind: string;
  notification: ServerOrderNews;
  options?: Record<string, unknown>;
  /** Kinds of unfinished tasks this one takes the place of. */
  replaces?: readonly string[];
}

/** The verbs that change what a machine does. Each checks, writes down and queues one task. */
export class ServerPowerService {
  readonly #parts: ServerServiceParts;
  readonly #server: ServerService;

  constructor(parts: ServerServiceParts & { server: ServerService }) {
    this.#parts = parts;
    this.#server = parts.server;
  }

  start(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('start', 'start', 'power_on'),
      allowed: ALLOWED.start,
      taskState: 'powering-on',
    });
  }

  /** Nova's os-stop: the power button, and after a minute the plug. */
  stop(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('stop', 'stop', 'power_off'),
      allowed: ALLOWED.stop,
      taskState: 'powering-off',
      options: { graceful: true, timeoutSeconds: SHUTDOWN_SECONDS, force: true },
    });
  }

  /** The power button only: when the guest has not obeyed in time, the task fails and the machine runs on. */
  shutDown(context: Context, id: string, options: { timeoutSeconds?: number } = {}): Promise<TaskView> {
    const timeoutSeconds = options.timeoutSeconds ?? SHUTDOWN_SECONDS;
    return this.#order(context, id, {
      ...named('stop', 'stop', 'power_off'),
      allowed: ALLOWED.stop,
      taskState: 'powering-off',
      options: { graceful: true, timeoutSeconds, force: false },
    });
  }

  /** Pulls the plug, also while the guest is still being asked. */
  forceOff(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('stop', 'stop', 'power_off'),
      allowed: ALLOWED.forceOff,
      taskState: 'powering-off',
      options: { graceful: false, timeoutSeconds: 0, force: true },
      replaces: ['server.stop'],
    });
  }

  reboot(context: Context, id: string, type: 'soft' | 'hard'): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('reboot', 'reboot', 'reboot'),
      allowed: type === 'soft' ? ALLOWED.rebootSoft : ALLOWED.rebootHard,
      taskState: type === 'soft' ? 'rebooting' : 'rebooting_hard',
      options: { type, timeoutSeconds: type === 'soft' ? SHUTDOWN_SECONDS : 0 },
      ...(type === 'hard' && { replaces: ['server.reboot'] }),
    });
  }

  pause(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('pause', 'pause', 'pause'),
      allowed: ALLOWED.pause,
      taskState: 'pausing',
    });
  }

  unpause(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('unpause', 'unpause', 'unpause'),
      allowed: ALLOWED.unpause,
      taskState: 'unpausing',
    });
  }

  suspend(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('suspend', 'suspend', 'suspend'),
      allowed: ALLOWED.suspend,
      taskState: 'suspending',
    });
  }

  resume(context: Context, id: string): Promise<TaskView> {
    return this.#order(context, id, {
      ...named('resume', 'resume', 'resume'),
      allowed: ALLOWED.resume,
      taskState: 'resuming',
    });
  }

  async #order(context: Context, id: string, order: PowerOrder): Promise<TaskView> {
    const { database, tasks, servers, actions, journal } = this.#parts;
    return await database.transaction(async (trx) => {
      const server = await this.#server.get(context, id, trx);
      assertUnlocked(context, server);
      assertState(server, order.verb, order.allowed);
      if (server.hostId === null) throw new UserError('conflict', `Instance ${id} is not ready`);
      for (const task of await tasks.unfinishedOf(trx, id)) {
        if (order.replaces?.includes(task.kind)) await tasks.requestAbort(trx, task.id);
      }
      const generation = await servers.raiseGeneration(trx, id);
      const busy = await servers.update(trx, id, { taskState: order.taskState });
      const task = await tasks.enqueue(trx, context, {
        kind: order.kind,
        subject: { type: 'server', id, name: server.name },
        projectId: server.projectId,
        args: { serverId: id, hostId: server.hostId, generation, ...order.options },
      });
      await actions.begin(trx, context, id, order.action);
      await actions.beginEvent(trx, context.requestId, id, order.event);
      if (busy) await journal.record(trx, context, busy, `${order.notification}.start`);
      return task;
    });
  }
}

function named(verb: string, action: string, notification: ServerOrderNews) {
  return { verb, action, notification, kind: `server.${verb}`, event: `compute_${verb}_instance` };
}
