import { randomUUID } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import type { StartAfter } from '../../contract/startup.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { LeftoverService } from '../../leftover/leftover.service.ts';
import type { Bus } from '../../messaging/bus.ts';
import type { TaskRun } from '../../tasks/task.definition.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { ComputeSettings } from '../compute.settings.ts';
import type { ServerJournal } from '../server.journal.ts';
import type { ServerRepository } from '../server.repository.ts';
import type { ServerRecord } from '../server.tables.ts';
import { start } from '../verbs/start.verb.ts';
import { askedToShutDown, SHUTDOWN_SECONDS, stop } from '../verbs/stop.verb.ts';
import type { VerbService } from '../verbs/verb.service.ts';
import type { StartupRepository } from './startup.repository.ts';
import type { TurnRecord } from './startup.tables.ts';

export interface TurnParts {
  database: Database;
  tasks: TaskService;
  events: EventService;
  servers: ServerRepository;
  startups: StartupRepository;
  journal: ServerJournal;
  leftovers: LeftoverService;
  verbs: VerbService;
  bus: Pick<Bus, 'call'>;
  settings: ComputeSettings;
}

export interface TurnsOf {
  way: 'start' | 'stop';
  /** Nobody has asked for it but that it is to be so: the machines' own words on it count. */
  isUnasked: boolean;
}

/** What comes of turns: each is stored with what it does, and only by the controller that has the task. */
export class TurnOrders {
  readonly #parts: TurnParts;
  readonly #task: Pick<TaskRun<unknown>, 'id' | 'context' | 'requireOwned'>;
  readonly #how: TurnsOf;

  constructor(parts: TurnParts, task: Pick<TaskRun<unknown>, 'id' | 'context' | 'requireOwned'>, how: TurnsOf) {
    this.#parts = parts;
    this.#task = task;
    this.#how = how;
  }

  /** Orders it, unless that is not right any more: whether the round has changed something. */
  async begin(turn: TurnRecord): Promise<boolean> {
    const { database, startups, servers, settings } = this.#parts;
    try {
      return await database.transaction(async (trx) => {
        await this.#task.requireOwned(trx);
        const now = await startups.turn(trx, turn.taskId, turn.serverId);
        if (now?.state !== 'waiting') return true;
        const server = await servers.find(turn.serverId, trx);
        const objection = await this.#objection(trx, turn, server);
        if (objection !== null || !server) {
          await this.#leaveIn(trx, turn, server, objection ?? 'gone');
          return true;
        }
        const isFull = (await startups.countWorking(trx, turn.hostId)) >= settings.startup_at_once;
        if (isFull && this.#how.way === 'start') return false;
        const context = { ...this.#task.context, requestId: `req-${randomUUID()}` };
        const verb = this.#how.way === 'start' ? start : stop;
        const shutDown = askedToShutDown({ timeoutSeconds: SHUTDOWN_SECONDS, force: true });
        const asked = verb === start ? start.asked(null) : shutDown;
        const task = await this.#parts.verbs.orderIn(trx, context, server.id, verb, asked, this.#task.id);
        const settled = new Date(Date.now() + settings.startup_settle_seconds * 1000).toISOString();
        const settlesAt = this.#how.way === 'start' ? settled : null;
        await startups.changeTurn(trx, turn, { state: 'working', orderTaskId: task.id, settlesAt });
        return true;
      });
    } catch (error) {
      // It is locked, or in a state that does not allow it.
      if (!(error instanceof UserError)) throw error;
      await this.leave(turn, error.message);
      return true;
    }
  }

  /** Why it is not this task's business (any more); null where it is. */
  async #objection(trx: Transaction, turn: TurnRecord, server: ServerRecord | undefined): Promise<string | null> {
    const { leftovers, startups, tasks, settings } = this.#parts;
    if (!server || server.hostId !== turn.hostId) return 'it is not on that host any more';
    const gone = await leftovers.find(trx, { host: turn.hostId, kind: 'machine', id: server.id });
    if (gone) return 'it is not on that host any more';
    if (server.generation !== turn.generation) return 'somebody has ordered something else';
    if ((await tasks.unfinishedOf(trx, server.id)).length > 0) return 'something else goes on with it';
    if (this.#how.way === 'stop') return server.vmState === 'active' ? null : `it is ${server.vmState}`;
    if (server.vmState !== 'stopped') return `it is ${server.vmState}`;
    if (!this.#how.isUnasked) return null;
    const usual = settings.resume_guests_state_on_host_boot ? 'as-before' : 'never';
    const choice = (await startups.find(server.id, trx))?.start ?? usual;
    return choice === 'never' ? 'it is not to start with its host any more' : null;
  }

  /** It has had its turn. */
  async leave(turn: TurnRecord, why: string, after?: StartAfter): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      const server = await this.#parts.servers.find(turn.serverId, trx);
      await this.#leaveIn(trx, turn, server, why, after);
    });
  }

  async #leaveIn(
    trx: Transaction,
    turn: TurnRecord,
    server: ServerRecord | undefined,
    note: string,
    after?: StartAfter,
  ): Promise<void> {
    const { startups, journal } = this.#parts;
    await startups.changeTurn(trx, turn, { state: 'left', note });
    if (!server) return;
    const payload = { message: `It was left alone: ${note}.`, ...(after && { after: after.server }) };
    await journal.record(trx, this.#task.context, server, 'startup.skip', payload);
  }

  /** It starts although what it waited for is not well. */
  async warn(
    turn: TurnRecord,
    { server: other, healthy, timeoutSeconds }: StartAfter,
    otherName: string,
  ): Promise<void> {
    const { database, servers, journal } = this.#parts;
    await database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      const server = await servers.find(turn.serverId, trx);
      const message = `${otherName} was not well within ${timeoutSeconds} s; it starts all the same.`;
      const payload = { after: other, healthy, timeout: timeoutSeconds, message };
      if (server) await journal.record(trx, this.#task.context, server, 'startup.timeout', payload);
    });
  }

  async note(turn: TurnRecord, changes: Parameters<StartupRepository['changeTurn']>[2]): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      await this.#task.requireOwned(trx);
      await this.#parts.startups.changeTurn(trx, turn, changes);
    });
  }
}
