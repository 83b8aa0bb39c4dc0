import type { Context } from '../contract/context.ts';
import type { EventsBelow } from '../contract/events.ts';
import type { MachineStatus, PowerState } from '../contract/machine.ts';
import type { Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { ServerChanges } from './server.repository.ts';
import type { ServerRecord } from './server.tables.ts';
import type { VmState } from './server.values.ts';

/** What happens to a server: the part after `compute.instance.`, such as `power_off.end`. */
export type ServerNews = EventsBelow<'compute.instance'>;

/** Of those, what is told with `.start`, `.end` and `.error`. */
export type ServerOrderNews = ServerNews extends infer News
  ? News extends `${infer Order}.start`
    ? Order
    : never
  : never;

/** Tells of changes to servers, in the transactions that make them, under Nova's notification names. */
export class ServerJournal {
  readonly #events: EventService;

  constructor(events: EventService) {
    this.#events = events;
  }

  async record(
    trx: Transaction,
    context: Context | null,
    server: Pick<ServerRecord, 'id' | 'projectId' | 'name' | 'vmState' | 'taskState'>,
    what: ServerNews,
    payload: Record<string, unknown> = {},
  ): Promise<void> {
    await this.#events.record(trx, context, {
      type: `compute.instance.${what}`,
      resourceId: server.id,
      projectId: server.projectId,
      payload: { display_name: server.name, state: server.vmState, new_task_state: server.taskState, ...payload },
    });
  }
}

const VM_STATE_OF: Partial<Record<PowerState, VmState>> = {
  RUNNING: 'active',
  PAUSED: 'paused',
  SHUTDOWN: 'stopped',
  CRASHED: 'stopped',
  SUSPENDED: 'suspended',
};

/** What a host's word on a machine means for the server; undefined vm_state where it says nothing (`NOSTATE`). */
export function changesFrom(status: MachineStatus): Pick<
  ServerChanges,
  'powerState' | 'stateRevision' | 'forwards' | 'nics'
> & {
  vmState?: VmState;
} {
  const vmState = VM_STATE_OF[status.powerState];
  const { powerState, revision, forwards, nics } = status;
  return { powerState, stateRevision: revision, forwards, ...(nics && { nics }), ...(vmState && { vmState }) };
}
