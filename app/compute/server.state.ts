import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { ServerStatus } from './server.schema.ts';
import type { ServerRecord } from './server.tables.ts';
import type { TaskState, VmState } from './server.values.ts';

/** Nova's `_STATE_MAP`, for the states this cloud has. */
export function statusOf(vmState: VmState, taskState: TaskState | null): ServerStatus {
  switch (vmState) {
    case 'building':
      return 'BUILD';
    case 'active':
      if (taskState === 'rebooting') return 'REBOOT';
      return taskState === 'rebooting_hard' ? 'HARD_REBOOT' : 'ACTIVE';
    case 'stopped':
      return 'SHUTOFF';
    case 'paused':
      return 'PAUSED';
    case 'suspended':
      return 'SUSPENDED';
    case 'shelved':
      return 'SHELVED';
    case 'shelved_offloaded':
      return 'SHELVED_OFFLOADED';
    case 'error':
      return 'ERROR';
    case 'soft-delete':
      return 'SOFT_DELETED';
    case 'deleted':
      return 'DELETED';
    default:
      return 'UNKNOWN';
  }
}

/** Statuses of Nova that never occur here: a filter by one of them finds nothing, but is not an error. */
const FOREIGN_STATUSES = ['MIGRATING', 'PASSWORD', 'REBUILD', 'RESCUE', 'RESIZE', 'REVERT_RESIZE', 'VERIFY_RESIZE'];

/** The states behind a status of the API; undefined for a word that is no status at all. */
export function statesOf(status: string): { vmState: VmState; taskStates: TaskState[] | 'others' } | null | undefined {
  switch (status) {
    case 'ACTIVE':
      return { vmState: 'active', taskStates: 'others' };
    case 'REBOOT':
      return { vmState: 'active', taskStates: ['rebooting'] };
    case 'HARD_REBOOT':
      return { vmState: 'active', taskStates: ['rebooting_hard'] };
    case 'BUILD':
      return { vmState: 'building', taskStates: 'others' };
    case 'SHUTOFF':
      return { vmState: 'stopped', taskStates: 'others' };
    case 'PAUSED':
      return { vmState: 'paused', taskStates: 'others' };
    case 'SUSPENDED':
      return { vmState: 'suspended', taskStates: 'others' };
    case 'SHELVED':
      return { vmState: 'shelved', taskStates: 'others' };
    case 'SHELVED_OFFLOADED':
      return { vmState: 'shelved_offloaded', taskStates: 'others' };
    case 'ERROR':
      return { vmState: 'error', taskStates: 'others' };
    case 'SOFT_DELETED':
      return { vmState: 'soft-delete', taskStates: 'others' };
    case 'DELETED':
      return { vmState: 'deleted', taskStates: 'others' };
    default:
      return FOREIGN_STATUSES.includes(status) ? null : undefined;
  }
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
