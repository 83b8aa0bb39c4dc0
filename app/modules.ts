import { auditModule } from './audit/audit.module.ts';
import { backupModule } from './backup/backup.module.ts';
import type { CloudOptions } from './cloud.options.ts';
import { computeModule } from './compute/compute.module.ts';
import { consoleModule } from './console/console.module.ts';
import { UnexpectedError } from './contract/errors.ts';
import { databaseModule } from './database/database.module.ts';
import type { Migrations } from './database/database.ts';
import { eventModule } from './events/event.module.ts';
import { httpModule } from './http/http.module.ts';
import type { ServiceDefinition } from './http/route.ts';
import { identityModule } from './identity/identity.module.ts';
import { imageModule } from './image/image.module.ts';
import { leftoverModule } from './leftover/leftover.module.ts';
import { busModule } from './messaging/bus.module.ts';
import { metadataModule } from './metadata/metadata.module.ts';
import type { Module } from './module.ts';
import { networkModule } from './network/network.module.ts';
import { placementModule } from './placement/placement.module.ts';
import { policyModule } from './policy/policy.module.ts';
import type { RuleDefault } from './policy/policy.service.ts';
import type { QuotaDefaults } from './quota/quota.limits.ts';
import { quotaModule } from './quota/quota.module.ts';
import { schedulerModule } from './scheduler/scheduler.module.ts';
import { taskModule } from './tasks/task.module.ts';
import { unclaimedModule } from './unclaimed/unclaimed.module.ts';
import { v1Module } from './v1/v1.module.ts';
import { v1Definition } from './v1/v1.routes.ts';
import { volumeModule } from './volume/volume.module.ts';

/** The one list, in the order in which they are made. */
const LIST = [
  databaseModule,
  eventModule,
  leftoverModule,
  unclaimedModule,
  taskModule,
  busModule,
  policyModule,
  auditModule,
  identityModule,
  httpModule,
  quotaModule,
  networkModule,
  schedulerModule,
  imageModule,
  consoleModule,
  metadataModule,
  computeModule,
  volumeModule,
  placementModule,
  backupModule,
  v1Module,
] as const;

type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type MadeBy<Each> = Each extends Module<never, infer Made> ? Made : never;

interface Declared {
  migrations: Migrations;
  rules: readonly RuleDefault[];
  quotas: QuotaDefaults;
}

/** Every part of the controller by its name. */
export type Parts = CloudOptions & Declared & Both<MadeBy<(typeof LIST)[number]>>;

/** Whatever a module needs is among them: else this line is an error. */
// biome-ignore lint/suspicious/noExplicitAny: each makes something of its own.
export const MODULES: readonly Module<Parts, any>[] = LIST;

export const MIGRATIONS: Migrations = Object.assign({}, ...MODULES.map(({ migrations }) => migrations));
export const RULES: readonly RuleDefault[] = MODULES.flatMap(({ rules = [] }) => rules);
const QUOTAS: QuotaDefaults = Object.assign({}, ...MODULES.map(({ quotas }) => quotas));
const DECLARED: Declared = { migrations: MIGRATIONS, rules: RULES, quotas: QUOTAS };

/** What is to be filled by the modules. A part that is asked for before it is made says so, instead of being nothing. */
export function partsToBeMade(options: CloudOptions): Parts {
  return over({ ...options, ...DECLARED }, (name) => {
    throw new UnexpectedError(`The part ${name} is needed before it is made: app/modules.ts has them in order`);
  });
}

/** Every API, as the modules declare it. */
export function servicesOf(parts: Parts): ServiceDefinition[] {
  return [
    ...MODULES.flatMap(({ routes }) => routes?.(parts) ?? []),
    v1Definition(MODULES.flatMap(({ v1 }) => v1?.(parts) ?? [])),
  ];
}

/** Stands where a service would: any member of it is itself. */
const nothing: unknown = new Proxy(() => {}, { get: () => nothing, apply: () => nothing });

/** The same with nothing behind it, for whatever describes routes and does not run them. */
export function declaredServices(): ServiceDefinition[] {
  return servicesOf(over({ ...DECLARED }, () => nothing));
}

function over(made: object, missing: (name: string) => unknown): Parts {
  const get = (_: object, name: string) => (name in made ? Reflect.get(made, name) : missing(name));
  return new Proxy(made, { get }) as Parts;
}
