import type { MachineOrderName } from '../../contract/machine-orders.ts';
import type { Declared } from '../../http/route.ts';
import type { ServerOrderNews } from '../server.journal.ts';
import type { AllowedStates } from '../server.state.ts';
import type { TaskState } from '../server.values.ts';

/**
 * Something people do to a server whose machine is there: one order to its host. Action, task, journal, instance actions
 * and notifications follow from this record.
 */
export interface Verb<V = unknown> {
  /** As Nova's messages and os-instance-actions name it; `server.<order>` is the task. */
  readonly name: string;
  /** Its key in the body of `POST /servers/{id}/action`. */
  readonly action: string;
  /** Nova's policy rule of the action. */
  readonly rule: string;
  /** Nova's notification, between `compute.instance.` and `.start` or `.end`. */
  readonly notification: ServerOrderNews;
  readonly order: MachineOrderName;
  /** What stands beside the key; left out, anything may, and it means nothing. */
  readonly value?: Declared<V>;
  /** What a request for it comes to. */
  readonly asked: (value: V) => Asked;
}

export interface Asked {
  /** When it is allowed, as Nova's `check_instance_state` has it. */
  readonly allowed: AllowedStates;
  /** Until the order is carried out. */
  readonly taskState: TaskState;
  /** What the host is told beside the machine's id. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** Unfinished work of the same kind is called off, which this takes the place of. */
  readonly replaces?: boolean;
}

/** Keeps the type of the value while declaring. */
export function verb<V = unknown>(definition: Verb<V>): Verb {
  return definition as Verb;
}
