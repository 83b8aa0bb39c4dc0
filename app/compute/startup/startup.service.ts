import { randomUUID } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type {
  MachineGroup,
  StartAfter,
  StartChoice,
  Startup,
  StartupOrder,
  StartupView,
} from '../../contract/startup.ts';
import type { TaskView } from '../../contract/task.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { requireProject, systemContext } from '../../policy/authorization.ts';
import { missing } from '../../resource/missing.ts';
import type { TaskService } from '../../tasks/task.service.ts';
import type { HostClaims } from '../collaborators.ts';
import type { ComputeSettings } from '../compute.settings.ts';
import type { ServerJournal } from '../server.journal.ts';
import type { ServerRepository } from '../server.repository.ts';
import type { ServerService } from '../server.service.ts';
import type { ServerRecord } from '../server.tables.ts';
import type { ProjectServer, StartupRepository } from './startup.repository.ts';
import { GROUP_START, GROUP_STOP, HOST_START } from './startup.tasks.ts';
import { circleThrough, wavesOf } from './startup-waves.ts';

interface Parts {
  database: Database;
  tasks: TaskService;
  servers: ServerRepository;
  server: ServerService;
  startups: StartupRepository;
  journal: ServerJournal;
  claims: Pick<HostClaims, 'nameOf'>;
  settings: ComputeSettings;
}

/** Of those that say nothing. */
const NOTHING: Startup = { start: null, order: null, delaySeconds: 0, after: [] };

/** How machines start with their hosts, and in which order those of a group do. */
export class StartupService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get #default(): StartChoice {
    return this.#parts.settings.resume_guests_state_on_host_boot ? 'as-before' : 'never';
  }

  /** A restored database has ended its tasks, whose machines would count as being started for ever. */
  async heal(): Promise<void> {
    const { database, tasks, startups } = this.#parts;
    for (const id of await startups.tasksWithTurns()) {
      const task = await tasks.find(id);
      if (task && task.finishedAt === null) continue;
      await database.transaction((trx) => startups.forgetTurns(trx, id));
    }
  }

  async show(context: Context, id: string): Promise<StartupView> {
    const { projectId } = await this.#parts.server.get(context, id);
    const startup = (await this.#parts.startups.find(id)) ?? NOTHING;
    return this.#view(startup, await this.#parts.startups.serversOf(projectId));
  }

  /** Refuses servers that are not the project's, and circles, by their names. */
  async put(context: Context, id: string, startup: Startup): Promise<StartupView> {
    const { database, server: all, startups, journal } = this.#parts;
    return await database.transaction(async (trx) => {
      const server = await all.get(context, id, trx);
      // Also through one that comes back with a restore.
      const servers = await startups.serversOf(server.projectId, trx, { alsoKept: true });
      const others = await startups.ofProject(server.projectId, trx);
      assertAfter(server, startup.after, servers, (other) => others.get(other)?.after ?? []);
      await startups.put(trx, { serverId: id, projectId: server.projectId, ...startup });
      await journal.record(trx, context, server, 'startup.update', { ...startup });
      return this.#view(startup, servers);
    });
  }

  /** Of the machines of the caller's project, or of one group of it. */
  async order(context: Context, group: string | undefined): Promise<StartupOrder> {
    const { startups, settings } = this.#parts;
    const projectId = requireProject(context);
    const servers = await startups.serversOf(projectId);
    const records = await startups.ofProject(projectId);
    const members = [...servers.values()].filter(({ tags }) => group === undefined || tags.includes(group));
    const machines = members.map(({ id, name }) => {
      const { start, order, delaySeconds, after } = this.#view(records.get(id) ?? NOTHING, servers);
      return { id, name, start: start ?? this.#default, order, delaySeconds, after };
    });
    return {
      default: this.#default,
      atOnce: settings.startup_at_once,
      settleSeconds: settings.startup_settle_seconds,
      waves: wavesOf(machines),
    };
  }

  /** Tags that machines of the caller's project have. */
  async groups(context: Context): Promise<MachineGroup[]> {
    const groups = new Map<string, MachineGroup>();
    for (const { tags, vmState } of (await this.#parts.startups.serversOf(requireProject(context))).values()) {
      for (const name of tags) {
        const group = groups.get(name) ?? { name, machines: 0, running: 0, stopped: 0 };
        group.machines += 1;
        if (vmState === 'active') group.running += 1;
        if (vmState === 'stopped') group.stopped += 1;
        groups.set(name, group);
      }
    }
    return [...groups.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Starts what is off of a group, in its order, or shuts down what runs, in the opposite one. */
  async orderGroup(context: Context, group: string, way: 'start' | 'stop'): Promise<TaskView> {
    const { database, tasks, startups } = this.#parts;
    const projectId = requireProject(context);
    return await database.transaction(async (trx) => {
      const servers = [...(await startups.serversOf(projectId, trx)).values()];
      const members = servers.filter(({ tags }) => tags.includes(group));
      if (members.length === 0) throw missing(`No machine has the tag ${group}.`);
      const subject = { type: 'machine_group', id: `${projectId}:${group}`, name: group };
      // Whoever asks last is who is meant; what waits to be started by something else is not started by that any more.
      for (const task of await tasks.unfinishedOf(trx, subject.id)) await tasks.requestAbort(trx, task.id);
      await startups.withdraw(
        trx,
        members.map(({ id }) => id),
        'its group was told something else',
      );
      const from = way === 'start' ? 'stopped' : 'active';
      const meant = members.filter(({ vmState, taskState, hostId }) => {
        return vmState === from && taskState === null && hostId !== null;
      });
      const kind = way === 'start' ? GROUP_START : GROUP_STOP;
      return await this.#enqueue(trx, context, { kind, subject, projectId, meant });
    });
  }

  /**
   * A host has told how its machines are: starts what is to start after a boot, of `servers`, which are all of that host.
   * `interrupted`: those of which it is known only now that they ran as it went down.
   */
  async hostReported(
    trx: Transaction,
    host: { id: string; bootId: string | undefined },
    servers: readonly ServerRecord[],
    interrupted: readonly ServerRecord[],
  ): Promise<void> {
    const { startups } = this.#parts;
    const isNewBoot = host.bootId !== undefined && (await startups.isNewBoot(trx, host.id, host.bootId));
    const meant = new Map<string, ServerRecord[]>();
    for (const server of isNewBoot ? servers : interrupted) {
      if (await this.#isToStart(trx, server)) {
        meant.set(server.projectId, [...(meant.get(server.projectId) ?? []), server]);
      }
    }
    for (const [projectId, machines] of meant) await this.#startAgain(trx, host.id, projectId, machines);
  }

  async #isToStart(trx: Transaction, server: ServerRecord): Promise<boolean> {
    const { tasks, startups } = this.#parts;
    if (server.vmState !== 'stopped' || server.taskState !== null) return false;
    const choice = (await startups.find(server.id, trx))?.start ?? this.#default;
    const ran = server.interruptedGeneration === server.generation;
    if (choice === 'never' || (choice === 'as-before' && !ran)) return false;
    return (await tasks.unfinishedOf(trx, server.id)).length === 0;
  }

  async #startAgain(trx: Transaction, hostId: string, projectId: string, meant: ServerRecord[]): Promise<void> {
    const { tasks, claims } = this.#parts;
    const subject = { type: 'host', id: `${hostId}:${projectId}`, name: claims.nameOf(hostId) ?? null };
    // Of an earlier boot: what it has not started yet is meant again.
    const before = await tasks.unfinishedOf(trx, subject.id);
    for (const { id } of before) {
      const open = (await this.#parts.startups.turnsOf(id, trx)).filter(({ state }) => state === 'waiting');
      for (const { serverId, generation } of open) {
        const server = await this.#parts.servers.find(serverId, trx);
        const isMeant = meant.some((each) => each.id === serverId);
        if (server?.generation === generation && server.hostId === hostId && !isMeant) meant.push(server);
      }
      await tasks.requestAbort(trx, id);
    }
    const context = { ...systemContext(`req-${randomUUID()}`), projectId };
    await this.#enqueue(trx, context, { kind: HOST_START, subject, projectId, meant });
  }

  async #enqueue(
    trx: Transaction,
    context: Context,
    begun: {
      kind: string;
      subject: { type: string; id: string; name: string | null };
      projectId: string;
      meant: readonly Pick<ServerRecord, 'id' | 'hostId' | 'generation'>[];
    },
  ): Promise<TaskView> {
    const { kind, subject, projectId, meant } = begun;
    const task = await this.#parts.tasks.enqueue(trx, context, { kind, subject, projectId, args: { projectId } });
    await this.#parts.startups.addTurns(trx, task.id, meant);
    return task;
  }

  /** What is waited for and is not there any more falls away. */
  #view({ start, order, delaySeconds, after }: Startup, servers: ReadonlyMap<string, ProjectServer>): StartupView {
    const named = after.flatMap((each) => {
      const name = servers.get(each.server)?.name;
      return name === undefined ? [] : [{ ...each, name }];
    });
    return { start, order, delaySeconds, after: named, default: this.#default };
  }
}

function assertAfter(
  server: Pick<ServerRecord, 'id' | 'name'>,
  after: readonly StartAfter[],
  servers: ReadonlyMap<string, ProjectServer>,
  afterOf: (id: string) => readonly StartAfter[],
): void {
  const nameOf = (id: string) => servers.get(id)?.name ?? id;
  for (const [index, { server: other }] of after.entries()) {
    const field = `after.${index}.server`;
    if ((servers.get(other)?.vmState ?? 'soft-delete') === 'soft-delete')
      throw new UserError('bad_request', `There is no machine ${other} in this project.`, { field });
    if (after.findIndex((each) => each.server === other) < index) {
      throw new UserError('bad_request', `It waits for ${nameOf(other)} already.`, { field });
    }
    const circle = circleThrough(server.id, (id) => {
      if (id === server.id) return [{ server: other }];
      // Through what is deleted nobody waits.
      return servers.has(id) ? afterOf(id) : [];
    });
    if (circle === null) continue;
    const [first = '', ...rest] = circle.map(nameOf);
    throw new UserError(
      'bad_request',
      `They would wait for each other: ${first} for ${rest.join(', which waits for ')}.`,
      {
        field,
      },
    );
  }
}
