import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import * as stateRevision from '../database/migrations/0019-state-revision.ts';
import * as serverGroups from '../database/migrations/0028-server-groups.ts';
import * as pastServers from '../database/migrations/0029-past-servers.ts';
import * as aggregateNumbers from '../database/migrations/0038-aggregate-numbers.ts';
import * as softDeleted from '../database/migrations/0040-soft-deleted-servers.ts';
import * as rescued from '../database/migrations/0041-rescued-servers.ts';
import * as shelvedServers from '../database/migrations/0043-shelved-servers.ts';
import * as resizes from '../database/migrations/0045-resizes.ts';
import * as guestMetadata from '../database/migrations/0048-guest-metadata.ts';
import * as serverNics from '../database/migrations/0049-server-nics.ts';
import * as blockDevices from '../database/migrations/0054-block-devices.ts';
import * as injectedFiles from '../database/migrations/0055-injected-files.ts';
import * as startAgain from '../database/migrations/0056-start-again.ts';
import * as safetySnapshots from '../database/migrations/0058-safety-snapshots.ts';
import * as keptHints from '../database/migrations/0060-kept-hints.ts';
import type { EventService } from '../events/event.service.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import type { Hub } from '../messaging/hub.ts';
import type { Ec2Ids } from '../metadata/ec2-ids.ts';
import type { VendorSource } from '../metadata/guest-facts.ts';
import { defineModule } from '../module.ts';
import { cloudRules, MEMBER, READER, rules } from '../policy/base.policy.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import type { ConsoleAccess, HostClaims, LaunchImages, MachineNetworks, ProxiedImages } from './collaborators.ts';
import { COMPUTE_RULES } from './compute.policy.ts';
import { COMPUTE_QUOTAS } from './compute.quotas.ts';
import { computeDefinitions } from './compute.routes.ts';
import { ComputeService } from './compute.service.ts';
import { type ComputeSettings, DEFAULT_COMPUTE_SETTINGS } from './compute.settings.ts';
import { type MachineRouteParts, machineRoutes } from './machine.routes.ts';
import { startupRoutes } from './startup/startup.routes.ts';
import { safetyRoutes } from './verbs/safety.routes.ts';
import { verbRoutes } from './verbs/verb.routes.ts';
import { VERB_RULES } from './verbs/verbs.ts';

interface Given {
  computeSettings: ComputeSettings | undefined;
}
declare module '../cloud.options.ts' {
  interface CloudOptions extends Given {}
}

interface Needs extends Given {
  database: Database;
  events: EventService;
  tasks: TaskService;
  bus: Hub;
  quota: QuotaService;
  networks: MachineNetworks;
  scheduler: HostClaims;
  images: LaunchImages & MachineRouteParts['images'] & { proxied: ProxiedImages };
  consoles: ConsoleAccess;
  leftovers: LeftoverService;
  register: UnclaimedRegister;
  ec2Ids: Ec2Ids;
  vendorData: VendorSource;
  log: Logger;
}

export const computeModule = defineModule({
  name: 'compute',
  migrations: {
    '0019-state-revision': stateRevision,
    '0028-server-groups': serverGroups,
    '0029-past-servers': pastServers,
    '0038-aggregate-numbers': aggregateNumbers,
    '0040-soft-deleted-servers': softDeleted,
    '0041-rescued-servers': rescued,
    '0043-shelved-servers': shelvedServers,
    '0045-resizes': resizes,
    '0048-guest-metadata': guestMetadata,
    '0049-server-nics': serverNics,
    '0054-block-devices': blockDevices,
    '0055-injected-files': injectedFiles,
    '0056-start-again': startAgain,
    '0058-safety-snapshots': safetySnapshots,
    '0060-kept-hints': keptHints,
  },
  rules: [
    ...COMPUTE_RULES,
    ...VERB_RULES,
    ...rules({ check: '@' }, ['v1:verbs:list']),
    ...cloudRules(READER, ['v1:servers:access', 'v1:servers:guest', 'v1:servers:hardware']),
    ...cloudRules(READER, ['v1:servers:statistics', 'v1:servers:startup']),
    ...cloudRules(READER, ['v1:startup_order', 'v1:machine_groups:list']),
    ...cloudRules(MEMBER, ['v1:servers:startup:update', 'v1:machine_groups:start', 'v1:machine_groups:stop']),
    // What is on a screen is a member's to see, as is what a console said (`os-console-output`).
    ...cloudRules(MEMBER, ['v1:servers:power_off', 'v1:servers:screenshot']),
  ],
  quotas: COMPUTE_QUOTAS,
  make: (parts: Needs) => {
    const { database, events, tasks, bus, quota, networks, scheduler, images, consoles, leftovers, register, log } =
      parts;
    const { ec2Ids, vendorData } = parts;
    const compute = new ComputeService({
      ...{ database, events, tasks, bus, quota, networks, images, consoles, leftovers, log },
      ...{ ec2Ids, vendorData },
      claims: scheduler,
      unclaimed: register,
      settings: parts.computeSettings ?? DEFAULT_COMPUTE_SETTINGS,
    });
    bus.identifyBy((host) => compute.identifyHost(host));
    return { compute };
  },
  routes: ({ compute }) => computeDefinitions(compute.routeParts),
  v1: (parts) => [...machineRoutes(parts), ...verbRoutes(parts), ...safetyRoutes(parts), ...startupRoutes(parts)],
  prepare: ({ compute }) => compute.start(),
  start: ({ compute }) => compute.confirmations.start(),
  stop: ({ compute }) => compute.confirmations.close(),
  close: ({ compute }) => compute.close(),
});
