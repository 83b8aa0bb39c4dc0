import type { Migrations } from './database/database.ts';
import type { RouteDefinition, ServiceDefinition } from './http/route.ts';
import type { RuleDefault } from './policy/policy.service.ts';
import type { QuotaDefaults } from './quota/quota.limits.ts';
import type { TaskDefinition } from './tasks/task.definition.ts';

/**
 * A service as the rest of the controller sees it: what it declares, what it makes of the parts made before it, and
 * what it does when the controller starts and ends. `Needs` are parts of others: `make` takes only those before it in
 * `modules.ts`, or keeps `parts` to ask for later ones when they are needed; all the rest is called when every part is
 * made.
 */
export interface Module<Needs, Made> {
  readonly name: string;
  /** They run in the order of their numbers, over all modules. */
  readonly migrations?: Migrations;
  /** Who may do what, before `policy.yaml`. */
  readonly rules?: readonly RuleDefault[];
  /** What has a limit, and which. */
  readonly quotas?: QuotaDefaults;
  readonly make?: (parts: Needs) => Made | Promise<Made>;
  /** What is to be done again and again. */
  readonly tasks?: (parts: Needs & Made) => readonly TaskDefinition<unknown>[];
  /** An API of its own. Declaring does no work: what describes the routes calls this with nothing behind it. */
  readonly routes?: (parts: Needs & Made) => readonly ServiceDefinition[];
  /** Its part of `/v1`, which has what OpenStack has no word for. Declaring does no work here either. */
  readonly v1?: (parts: Needs & Made) => readonly RouteDefinition[];
  /** Registers at the edge what is no route of an API, such as WebSockets. */
  readonly sockets?: (parts: Needs & Made) => void;
  /** Before anybody can ask: makes what a new cloud begins with, sets right what a crash left half-way. */
  readonly prepare?: (parts: Needs & Made) => Promise<unknown>;
  /** The edge listens: takes up work. */
  readonly start?: (parts: Needs & Made) => Promise<void>;
  /** Takes up nothing more; the opposite of `start`. In the opposite order of the list, like `close`. */
  readonly stop?: (parts: Needs & Made) => Promise<void>;
  /** Lets go of what was made. */
  readonly close?: (parts: Needs & Made) => void | Promise<void>;
}

/** Keeps the types of what a module needs and makes. */
export function defineModule<Needs, Made = unknown>(module: Module<Needs, Made>): Module<Needs, Made> {
  return module;
}
