import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { controllerMethods } from '../contract/controller.methods.ts';
import type { MachineStatus } from '../contract/machine.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { Bus } from '../messaging/bus.ts';
import { systemContext } from '../policy/authorization.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import type { HostClaims, MachineNetworks } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import type { LeftoverRemovalService } from './leftover-removal.service.ts';
import { changesFrom, type ServerJournal, type ServerNews } from './server.journal.ts';
import type { ServerChanges, ServerRepository } from './server.repository.ts';
import type { ServerRecord } from './server.tables.ts';
import type { VmState } from './server.values.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import { notePlugged, putCardsRight } from './server-cards.ts';
import type { StartupService } from './startup/startup.service.ts';

/** Nova's notification and action for a state that came by itself. */
const NOTICE: Partial<Record<VmState, { notification: ServerNews; action: string }>> = {
  stopped: { notification: 'power_off.end', action: 'stop' },
  active: { notification: 'power_on.end', action: 'start' },
  paused: { notification: 'pause.end', action: 'pause' },
  suspended: { notification: 'suspend.end', action: 'suspend' },
};

export interface ServerReportParts {
  database: Database;
  bus: Bus;
  tasks: TaskService;
  events: EventService;
  claims: HostClaims;
  networks: MachineNetworks;
  servers: ServerRepository;
  actions: ServerActionRepository;
  journal: ServerJournal;
  orders: HostOrders;
  removal: LeftoverRemovalService;
  startup: Pick<StartupService, 'hostReported'>;
  unclaimed: UnclaimedRegister;
  log: Logger;
}

/** Of machines that ran until their host went down. */
const INTERRUPTED = ['host-reboot', 'terminated'];

/** Listens to hosts: whether they are there, what their machines do unasked, and what they have that they should not. */
export class ServerReportService {
  readonly #parts: ServerReportParts;
  /** What was told of a server while a task of it ran: looked at when the task has ended. */
  readonly #deferred = new Map<string, MachineStatus>();

  constructor(parts: ServerReportParts) {
    this.#parts = parts;
  }

  listen(): void {
    const { bus, events, claims, orders, log } = this.#parts;
    bus.handle(controllerMethods.hostReport, async ({ host, facts, machines }, context) => {
      const arrivedAt = new Date().toISOString();
      await claims.reportHost(context, host, facts);
      const told = { id: host, bootId: facts.bootId };
      return { unknownMachines: await this.#reconcileHost(context, told, machines, arrivedAt) };
    });
    bus.handle(controllerMethods.machineChanged, async ({ host, machine }) => {
      await this.#takeUp(machine, host);
      return {};
    });
    bus.handle(controllerMethods.orderWanted, async ({ host, id, generation }) => ({
      isWanted: await orders.isWanted(host, id, generation),
    }));
    bus.onPeerChange(({ host, state }) => {
      // The bus says '' when it ends itself.
      if (host === '') return;
      claims.setHostState(systemContext(newRequestId()), host, state).catch((error: unknown) => {
        log.error({ err: error, host }, 'the state of a host could not be recorded');
      });
    });
    events.onTask((task) => {
      const status = this.#deferred.get(task.subject.id);
      if (!status || task.finishedAt === null) return;
      this.#deferred.delete(task.subject.id);
      this.#takeUp(status).catch((error: unknown) => {
        log.error({ err: error, server: status.id }, 'a report could not be taken up');
      });
    });
  }

  /**
   * The host its machines are recorded on, so that one that was known by its name before hosts had ids keeps what it
   * has under any name; else the host of that name, unless that one is connected.
   */
  async identifyHost({ name, machines }: { name: string; machines: string[] }): Promise<string> {
    const { servers, claims, orders } = this.#parts;
    const recorded = await servers.hostOf(machines);
    if (recorded !== undefined) return recorded;
    const named = claims.idOf(name);
    return named === undefined || orders.isUp(named) ? randomUUID() : named;
  }

  /**
   * The whole truth of one host: answers the ids of machines that no server of this host stands behind. Of those only
   * what is recorded as left there is removed; everything else is kept, for the database may be the one that is wrong.
   */
  async #reconcileHost(
    context: Context,
    host: { id: string; bootId: string | undefined },
    machines: MachineStatus[],
    arrivedAt: string,
  ): Promise<string[]> {
    const { database, servers, tasks, removal, startup } = this.#parts;
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    const removed = await removal.removeAll(context, host.id, byId);
    return await database.transaction(async (trx) => {
      const records = await servers.ofHost(trx, host.id);
      const known = new Set([...records.map(({ id }) => id), ...removed]);
      const interrupted: ServerRecord[] = [];
      const now = new Map(records.map((server) => [server.id, server]));
      for (const server of records) {
        const machine = byId.get(server.id);
        if (!machine) {
          // A machine that was launched while the report was on its way is not in it.
          const isOlder = server.launchedAt !== null && server.launchedAt < arrivedAt;
          if (isOlder && (await tasks.unfinishedOf(trx, server.id)).length === 0) await this.#lost(trx, server);
        } else if (differs(server, machine) && (await tasks.unfinishedOf(trx, server.id)).length === 0) {
          const after = await this.#apply(trx, server, machine);
          if (after) now.set(after.id, after);
          if (after && hasMissedBoot(server, after, machine)) interrupted.push(after);
        }
      }
      const present = [...now.values()].filter(({ id }) => byId.has(id));
      await startup.hostReported(trx, host, present, interrupted);
      return [...byId.keys()].filter((id) => !known.has(id));
    });
  }

  /**
   * At once, or when the task of the server that goes on has ended. `host`: whose word it is; without it, it was put off,
   * and was of the server's host. Most often a task goes on, or has stored the same: that is seen without a transaction.
   */
  async #takeUp(machine: MachineStatus, host?: string): Promise<void> {
    const { database, servers, tasks, unclaimed, startup } = this.#parts;
    // Before tasks are looked for: one that ends meanwhile takes it up.
    this.#deferred.set(machine.id, machine);
    const isBusy = (await tasks.unfinishedOf(database.query, machine.id)).length > 0;
    const seen = await servers.find(machine.id);
    const isItsHost = seen !== undefined && (host === undefined || seen.hostId === host);
    if (isItsHost && isBusy) return;
    const isStillOurs = this.#deferred.get(machine.id) === machine && this.#deferred.delete(machine.id);
    if (isItsHost && (!isStillOurs || !differs(seen, machine))) return;
    const mustWait = await database.transaction(async (trx) => {
      const server = await servers.find(machine.id, trx);
      if (host !== undefined && server?.hostId !== host) {
        await unclaimed.machineChanged(trx, host, machine);
        return false;
      }
      if (!server) return false;
      if ((await tasks.unfinishedOf(trx, server.id)).length > 0) return true;
      const after = await this.#apply(trx, server, machine);
      // It was put off: the report of its host, by which the others were started, has been there before.
      if (host === undefined && after && hasMissedBoot(server, after, machine)) {
        await startup.hostReported(trx, { id: server.hostId ?? '', bootId: undefined }, [], [after]);
      }
      return false;
    });
    if (mustWait) await this.#takeUp(machine, host);
  }

  /** The server as it is then, where that is another. */
  async #apply(trx: Transaction, server: ServerRecord, machine: MachineStatus): Promise<ServerRecord | undefined> {
    if (!differs(server, machine)) return undefined;
    const { vmState, ...rest } = changesFrom(machine);
    // A database restored from an old copy learns the number of the host's last order: lower ones would be refused.
    const generation = Math.max(server.generation, machine.generation);
    const changes: ServerChanges = { ...rest, generation };
    const hasChanged = hasMoved(server, vmState);
    if (hasChanged) {
      changes.vmState = vmState;
      changes.fault = machine.message === null ? null : faultOf(machine);
      const isInterrupted = server.vmState === 'active' && vmState === 'stopped';
      if (isInterrupted && INTERRUPTED.includes(machine.reason ?? '')) changes.interruptedGeneration = generation;
    }
    const after = await this.#parts.servers.update(trx, server.id, changes);
    if (!after) return undefined;
    const context = { ...systemContext(newRequestId()), projectId: server.projectId };
    if (hasOtherNics(server, machine)) {
      await notePlugged(this.#parts.networks, trx, server, machine.nics);
      await putCardsRight(this.#parts, trx, context, server, machine.nics ?? []);
    }
    const notice = hasChanged ? NOTICE[after.vmState] : undefined;
    if (notice) {
      await this.#parts.actions.begin(trx, context, server.id, notice.action);
      await this.#parts.actions.finish(trx, context.requestId, server.id, machine.message);
    }
    const payload = { reason: machine.reason, message: machine.message };
    if (isNewlyFired(server, machine)) await this.#parts.journal.record(trx, context, after, 'watchdog', payload);
    if (!hasChanged && isNewlyFired(server, machine)) return;
    await this.#parts.journal.record(trx, context, after, notice?.notification ?? 'update', payload);
    return after;
  }

  /** The host does not have a machine it should have. */
  async #lost(trx: Transaction, server: ServerRecord): Promise<void> {
    // What is deleted stays so; there is only less to be restored.
    if (isLost(server) || isPutAside(server)) return;
    const message = 'Its host does not have this machine any more.';
    const after = await this.#parts.servers.update(trx, server.id, {
      vmState: 'error',
      powerState: 'NOSTATE',
      forwards: [],
      fault: { code: 500, message, created: new Date().toISOString() },
    });
    const context = systemContext(newRequestId());
    if (after) await this.#parts.journal.record(trx, context, after, 'update', { reason: 'lost', message });
  }
}

/**
 * Whether the machine's state is another than the server's. What failed stays failed until somebody acts on it, but one
 * that its host did not have and has again is as well as its machine.
 */
function hasMoved(server: ServerRecord, vmState: VmState | undefined): boolean {
  // Off, in whatever state: what it becomes, only who restores or deletes it says. Likewise who ends a rescue or a resize.
  if (isPutAside(server) || server.vmState === 'rescued' || server.vmState === 'resized') return false;
  return vmState !== undefined && vmState !== server.vmState && (server.vmState !== 'error' || isLost(server));
}

/** It is known only now that it ran until its host went down, and the host is there again. */
function hasMissedBoot(before: ServerRecord, after: ServerRecord, machine: MachineStatus): boolean {
  return machine.reason === 'host-reboot' && before.interruptedGeneration !== after.interruptedGeneration;
}

/** Its machine is off, and is not what the server is. */
function isPutAside({ vmState }: ServerRecord): boolean {
  return vmState === 'soft-delete' || vmState === 'shelved';
}

/** It ran once, and then its host did not have it: nothing else leaves a launched server without a power state. */
function isLost(server: ServerRecord): boolean {
  return server.launchedAt !== null && server.vmState === 'error' && server.powerState === 'NOSTATE';
}

/** What was told late, after a newer state had come another way, is no difference. */
function differs(server: ServerRecord, machine: MachineStatus): boolean {
  if (machine.revision < server.stateRevision) return false;
  return (
    hasMoved(server, changesFrom(machine).vmState) ||
    machine.powerState !== server.powerState ||
    isNewlyFired(server, machine) ||
    machine.generation > server.generation ||
    JSON.stringify(machine.forwards) !== JSON.stringify(server.forwards) ||
    hasOtherNics(server, machine)
  );
}

/** Its guest has not answered its watchdog, which is told also where that changes nothing. */
function isNewlyFired(server: ServerRecord, { reason, revision }: MachineStatus): boolean {
  return reason === 'watchdog' && revision > server.stateRevision;
}

function hasOtherNics(server: ServerRecord, { nics }: MachineStatus): boolean {
  return nics !== undefined && JSON.stringify(nics) !== JSON.stringify(server.nics);
}

function faultOf(machine: MachineStatus) {
  return { code: 500, message: machine.message ?? '', created: machine.since };
}

function newRequestId(): string {
  return `req-${randomUUID()}`;
}
