import type { MachineOrderName } from '../../contract/machine-orders.ts';
import type { TaskView } from '../../contract/task.ts';
import type { VerbOffer } from '../../contract/verbs.ts';
import type { Transaction } from '../../database/database.ts';
import type { ActionRequest } from '../../http/action.ts';
import type { Microversion } from '../../http/microversion.ts';
import type { Declared } from '../../http/route.ts';
import type { Level } from '../../policy/base.policy.ts';
import type { QuotaService } from '../../quota/quota.service.ts';
import type { TaskDefinition, TaskRun } from '../../tasks/task.definition.ts';
import type { TaskSubject } from '../../tasks/task.lines.ts';
import type { ComputeSettings } from '../compute.settings.ts';
import type { FlavorService } from '../flavor.service.ts';
import type { HostOrders } from '../host-orders.ts';
import type { Keypairs } from '../keypair.resource.ts';
import type { ServerNews, ServerOrderNews } from '../server.journal.ts';
import type { ServerChanges } from '../server.repository.ts';
import type { ServerService } from '../server.service.ts';
import type { AllowedStates } from '../server.state.ts';
import type { ServerRecord } from '../server.tables.ts';
import type { TaskState } from '../server.values.ts';
import type { ServerTaskParts } from '../server-task.parts.ts';

/** Something people do to a server: an order to its host, work of several steps, or a change of what is written down. */
export type Verb<V = unknown> = LongVerb<V> | ChangeVerb<V>;
/** What goes on after it was asked for. */
export type LongVerb<V = unknown> = OrderVerb<V> | TaskVerb<V>;

interface AnyVerb<V> {
  /** As Nova's messages and os-instance-actions name it; `server.<name>` is the task. */
  readonly name: string;
  /** Its key in the body of `POST /servers/{id}/action`. */
  readonly action: string;
  /** First and last microversion that has it. */
  readonly since?: Microversion;
  readonly until?: Microversion;
  /** Nova's policy rule of the action, and who has it where `policy.yaml` does not say otherwise. */
  readonly rule: string;
  readonly who: Level;
  /** What stands beside the key; left out, anything may, and it means nothing. */
  readonly value?: Declared<V>;
  /** Also for who is locked out. */
  readonly passesLock?: true;
  /** Of the answer, where it is not 202. */
  readonly emptyStatus?: number;
  /** How the dashboard offers it; left out, it does not. */
  readonly offers?: readonly Offer<V>[];
}

interface AnyLongVerb<V> extends AnyVerb<V> {
  /** Nova's notification, between `compute.instance.` and `.start` or `.end`. */
  readonly notification: ServerOrderNews;
  /** The event below the action in os-instance-actions, where it is not `compute_<name>_instance`. */
  readonly event?: string;
  /** Its name in os-instance-actions, where that is another. */
  readonly recordedAs?: string;
  /** What a request for it comes to. */
  readonly asked: (value: V) => Asked;
}

/** Action, task, journal, instance actions and notifications follow from this record. */
export interface OrderVerb<V = unknown> extends AnyLongVerb<V> {
  readonly order: MachineOrderName;
  /** It is given when its host is back, however long that takes; left out, after a while it fails. */
  readonly patience?: 'forever';
  /** What it calls off may give orders until its turn comes: its own has a number after theirs. */
  readonly waitsItsTurn?: true;
  /** The server was not counted, and is from here on. */
  readonly takesQuota?: true;
  /** What changes once it is carried out, beside what the host says. */
  readonly becomes?: () => ServerChanges;
  /** The server stays what it is, whatever its host says afterwards. */
  readonly leavesState?: true;
  /** What else is over with it, before the server becomes what it becomes. */
  readonly ends?: (parts: ServerTaskParts, trx: Transaction, task: TaskRun<VerbTaskArgs, unknown>) => Promise<void>;
}

/** As {@link OrderVerb}, where one order is not all: the task and its steps are the verb's own. */
export interface TaskVerb<V = unknown> extends AnyLongVerb<V> {
  /** Its machine is on no host, or need not be. */
  readonly worksWithoutHost?: true;
  /** Whether people may call it off. */
  readonly isCancellable?: true;
  /**
   * It can be asked for behind a safety snapshot (`safety.ts`), which is made of the server's host (`hostId` of the
   * arguments): whether one is of use still where the task has failed.
   */
  readonly keepsSnapshot?: (memo: Readonly<Record<string, unknown>>) => boolean;
  /** Checks what only the request and the records tell; in the transaction that asks for the task. */
  readonly prepare: (request: PrepareRequest, value: V) => Promise<Prepared>;
  /** Made by {@link verbSteps}; ends by `verbEnded` and `verbFailed`. */
  readonly task: (parts: VerbParts) => VerbTask;
}

/** The kind is `server.<name>`; the arguments are `serverId` and what {@link TaskVerb.prepare} says. */
export type VerbTask<A = VerbTaskArgs, M = Record<string, unknown>> = Omit<
  TaskDefinition<A, M>,
  'kind' | 'cancellable'
>;
export type VerbTaskArgs = { readonly serverId: string };

export interface PrepareRequest extends ActionRequest {
  readonly server: ServerRecord;
  readonly trx: Transaction;
  readonly parts: VerbParts;
}

export interface Prepared {
  /** Of the server, beside its task state. */
  readonly changes?: ServerChanges;
  /** Of the task, beside `serverId`. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** What the task is about as well. */
  readonly alsoAbout?: readonly TaskSubject[];
  /** What the action answers; left out, 202 without a body. Called after the transaction, with what goes on. */
  readonly answer?: (task: TaskView) => unknown;
}

/** What verbs are made of. */
export interface VerbParts extends ServerTaskParts {
  readonly server: ServerService;
  readonly flavors: FlavorService;
  readonly keypairs: Keypairs;
  readonly quota: Pick<QuotaService, 'check' | 'limits'>;
  readonly settings: ComputeSettings;
}

export interface Asked {
  /** When it is allowed, as Nova's `check_instance_state` has it. */
  readonly allowed: AllowedStates;
  /** Until the order is carried out; left out, nothing is said to go on. */
  readonly taskState?: TaskState;
  /** What the host is told beside the machine's id, by an order. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** Unfinished work is called off, which this takes the place of. */
  readonly replaces?: 'the same' | 'everything';
}

/** Over when it is answered. */
export interface ChangeVerb<V = unknown> extends AnyVerb<V> {
  /** When it is allowed; left out, always. */
  readonly allowed?: AllowedStates;
  /**
   * What must have come true on its host first, while whoever asks waits. For what nobody may keep: neither a task nor a
   * record has the value. Where it fails nothing changes, and the action says why.
   */
  readonly onHost?: (server: ServerRecord & { hostId: string }, value: V, on: OnHost) => Promise<void>;
  /** The event below the action in os-instance-actions; none where nothing is done on the host. */
  readonly event?: string;
  /** Null: there is nothing to do, and nothing to write down. */
  readonly change: (server: ServerRecord, value: V, request: ChangeRequest) => Changed | null | Promise<Changed>;
}

export interface OnHost {
  readonly context: ActionRequest['context'];
  readonly orders: HostOrders;
}

export interface ChangeRequest extends Pick<ActionRequest, 'context' | 'version' | 'enforce'> {
  /** Some task goes on with the server. */
  readonly isBusy: boolean;
  /** For what is written down elsewhere. */
  readonly trx: Transaction;
  readonly parts: VerbParts;
}

export interface Changed {
  readonly changes: ServerChanges;
  readonly news: ServerNews;
  readonly payload?: Record<string, unknown>;
}

/** An entry of menus. Its texts stand under `machines:verb.<name>`. */
export interface Offer<V = unknown>
  extends Pick<VerbOffer, 'name' | 'group' | 'bulk' | 'confirms'>,
    Partial<Pick<VerbOffer, 'isDangerous' | 'isFor' | 'asks' | 'fields'>> {
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
export function taskVerb<V = unknown>(definition: TaskVerb<V>): TaskVerb {
  return definition as TaskVerb;
}

/** Keeps the types of arguments and memo while declaring. */
export function verbSteps<A extends VerbTaskArgs, M = Record<string, unknown>>(definition: VerbTask<A, M>): VerbTask {
  return definition as unknown as VerbTask;
}

/** As {@link verb}. */
export function changeVerb<V = unknown>(definition: ChangeVerb<V>): ChangeVerb {
  return definition as ChangeVerb;
}

export function isOrder(verb: Verb): verb is OrderVerb {
  return 'order' in verb;
}

export function isLong(verb: Verb): verb is LongVerb {
  return !('change' in verb);
}

/** Whether it can be asked for behind a safety snapshot. */
export function isSafe(verb: Verb): verb is TaskVerb {
  return 'keepsSnapshot' in verb;
}
