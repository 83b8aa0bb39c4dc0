import type { MachineOrderName } from '../../contract/machine-orders.ts';
import type { VerbOffer } from '../../contract/verbs.ts';
import type { ActionRequest } from '../../http/action.ts';
import type { Microversion } from '../../http/microversion.ts';
import type { Declared } from '../../http/route.ts';
import type { Level } from '../../policy/base.policy.ts';
import type { ServerNews, ServerOrderNews } from '../server.journal.ts';
import type { ServerChanges } from '../server.repository.ts';
import type { AllowedStates } from '../server.state.ts';
import type { ServerRecord } from '../server.tables.ts';
import type { TaskState } from '../server.values.ts';

/** Something people do to a server: an order to its host, or a change of what is written down of it. */
export type Verb<V = unknown> = OrderVerb<V> | ChangeVerb<V>;

interface AnyVerb<V> {
  /** As Nova's messages and os-instance-actions name it; `server.<name>` is the task. */
  readonly name: string;
  /** Its key in the body of `POST /servers/{id}/action`. */
  readonly action: string;
  readonly since?: Microversion;
  /** Nova's policy rule of the action, and who has it where `policy.yaml` does not say otherwise. */
  readonly rule: string;
  readonly who: Level;
  /** What stands beside the key; left out, anything may, and it means nothing. */
  readonly value?: Declared<V>;
  /** Also for who is locked out. */
  readonly passesLock?: true;
  /** How the dashboard offers it; left out, it does not. */
  readonly offers?: readonly Offer<V>[];
}

/** Action, task, journal, instance actions and notifications follow from this record. */
export interface OrderVerb<V = unknown> extends AnyVerb<V> {
  /** Nova's notification, between `compute.instance.` and `.start` or `.end`. */
  readonly notification: ServerOrderNews;
  readonly order: MachineOrderName;
  /** The event below the action in os-instance-actions, where it is not `compute_<name>_instance`. */
  readonly event?: string;
  /** Its name in os-instance-actions, where that is another. */
  readonly recordedAs?: string;
  /** It is given when its host is back, however long that takes; left out, after a while it fails. */
  readonly patience?: 'forever';
  /** The server was not counted, and is from here on. */
  readonly takesQuota?: true;
  /** What changes once it is carried out, beside what the host says. */
  readonly becomes?: () => ServerChanges;
  /** The server stays what it is, whatever its host says afterwards. */
  readonly leavesState?: true;
  /** What a request for it comes to. */
  readonly asked: (value: V) => Asked;
}

export interface Asked {
  /** When it is allowed, as Nova's `check_instance_state` has it. */
  readonly allowed: AllowedStates;
  /** Until the order is carried out; left out, nothing is said to go on. */
  readonly taskState?: TaskState;
  /** What the host is told beside the machine's id. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** Unfinished work is called off, which this takes the place of. */
  readonly replaces?: 'the same' | 'everything';
}

/** Over when it is asked for; the machine is not touched. */
export interface ChangeVerb<V = unknown> extends AnyVerb<V> {
  /** Null: there is nothing to do, and nothing to write down. */
  readonly change: (server: ServerRecord, value: V, request: ChangeRequest) => Changed | null;
}

export interface ChangeRequest extends Pick<ActionRequest, 'context' | 'version' | 'enforce'> {
  /** Some task goes on with the server. */
  readonly isBusy: boolean;
}

export interface Changed {
  readonly changes: ServerChanges;
  readonly news: ServerNews;
  readonly payload?: Record<string, unknown>;
}

/** An entry of menus. Its texts stand under `machines:verb.<name>`. */
export interface Offer<V = unknown>
  extends Pick<VerbOffer, 'name' | 'group' | 'bulk' | 'confirms'>,
    Partial<Pick<VerbOffer, 'isDangerous' | 'isFor' | 'asks'>> {
  /** Beside the key of the action; null when left out. */
  readonly value?: V;
  /** Another route than Nova's, and what it asks for. */
  readonly own?: Pick<VerbOffer, 'rule' | 'path' | 'body'> & { readonly asked: Asked };
}

/** Keeps the type of the value while declaring. */
export function verb<V = unknown>(definition: OrderVerb<V>): OrderVerb {
  return definition as OrderVerb;
}

/** As {@link verb}. */
export function changeVerb<V = unknown>(definition: ChangeVerb<V>): ChangeVerb {
  return definition as ChangeVerb;
}

export function isOrder(verb: Verb): verb is OrderVerb {
  return 'order' in verb;
}
