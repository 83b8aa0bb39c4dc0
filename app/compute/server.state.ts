import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { ServerStatus } from './server.schema.ts';
import type { ServerRecord } from './server.tables.ts';
import type { TaskState, VmState } from './server.values.ts';

const REBUILD = {
  rebuilding: 'REBUILD',
  rebuild_block_device_mapping: 'REBUILD',
  rebuild_spawning: 'REBUILD',
} as const;

const RESIZE = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
} as const;

/** Nova's `_STATE_MAP`, for the states this cloud has: a server's status, and another while some things go on with it. */
const STATUSES: Readonly<
  Record<VmState, { status: ServerStatus; during?: Readonly<Partial<Record<TaskState, ServerStatus>>> }>
> = {
  building: { status: 'BUILD' },
  active: { status: 'ACTIVE', during: { rebooting: 'REBOOT', rebooting_hard: 'HARD_REBOOT', ...REBUILD, ...RESIZE } },
  stopped: { status: 'SHUTOFF', during: { ...REBUILD, ...RESIZE } },
  paused: { status: 'PAUSED' },
  suspended: { status: 'SUSPENDED' },
  shelved: { status: 'SHELVED' },
  shelved_offloaded: { status: 'SHELVED_OFFLOADED' },
  rescued: { status: 'RESCUE' },
  resized: { status: 'VERIFY_RESIZE', during: { resize_reverting: 'REVERT_RESIZE' } },
  error: { status: 'ERROR', during: REBUILD },
  'soft-delete': { status: 'SOFT_DELETED' },
  deleted: { status: 'DELETED' },
};

export function statusOf(vmState: VmState, taskState: TaskState | null): ServerStatus {
  const known = STATUSES[vmState];
  return known === undefined ? 'UNKNOWN' : ((taskState && known.during?.[taskState]) ?? known.status);
}

/** Statuses of Nova that never occur here: a filter by one of them finds nothing, but is not an error. */
const FOREIGN_STATUSES = ['MIGRATING', 'PASSWORD'];

export interface StatesOfStatus {
  readonly vmState: VmState;
  readonly taskStates: readonly TaskState[];
  /** With none of these task states, instead of with one of them. */
  readonly isOther: boolean;
}

/** The states behind a status of the API; undefined for a word that is no status at all. */
export function statesOf(status: string): StatesOfStatus[] | undefined {
  const found = Object.entries(STATUSES).flatMap(([name, { status: usual, during = {} }]): StatesOfStatus[] => {
    const [vmState, tasks] = [name as VmState, Object.entries(during) as [TaskState, ServerStatus][]];
    if (usual === status) return [{ vmState, taskStates: tasks.map(([task]) => task), isOther: true }];
    const taskStates = tasks.filter(([, its]) => its === status).map(([task]) => task);
    return taskStates.length > 0 ? [{ vmState, taskStates, isOther: false }] : [];
  });
  return found.length > 0 || FOREIGN_STATUSES.includes(status) ? found : undefined;
}

export interface AllowedStates {
  vm: readonly VmState[] | 'any';
  task?: readonly (TaskState | null)[] | 'any';
}

/** When metadata and tags may change, as in Nova. */
export const NOTABLE: AllowedStates = { vm: ['active', 'paused', 'suspended', 'stopped'], task: 'any' };

/** 409 with Nova's words when `verb` is not allowed now. */
export function assertState(server: ServerRecord, verb: string, allowed: AllowedStates): void {
  if (allowed.vm !== 'any' && !allowed.vm.includes(server.vmState)) {
    throw invalidState(server.id, verb, 'vm_state', server.vmState);
  }
  const tasks = allowed.task ?? [null];
  if (tasks !== 'any' && !tasks.includes(server.taskState)) {
    throw invalidState(server.id, verb, 'task_state', String(server.taskState));
  }
  if (server.launchedAt === null) throw invalidState(server.id, verb, 'launched_at', 'None');
}

/** A locked server is its locker's; administrators pass. */
export function assertUnlocked(context: Context, server: ServerRecord): void {
  if (server.lockedBy === null || context.isAdmin) return;
  throw new UserError('conflict', `Instance ${server.id} is locked`, {
    hint: server.lockedReason === null ? 'Unlock it first.' : `It was locked with the reason: ${server.lockedReason}.`,
  });
}

export function invalidState(id: string, verb: string, attribute: string, state: string): UserError {
  return new UserError('conflict', `Cannot '${verb}' instance ${id} while it is in ${attribute} ${state}`);
}

/** What the console service needs to know of a server. */
export function consoleTarget(server: ServerRecord): { id: string; hostId: string | null; isRunning: boolean } {
  const isRunning = server.powerState === 'RUNNING' || server.powerState === 'PAUSED';
  return { id: server.id, hostId: server.hostId, isRunning: isRunning && server.launchedAt !== null };
}
