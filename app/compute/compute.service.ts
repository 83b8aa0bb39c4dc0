import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { Leftover, LeftoverService } from '../leftover/leftover.service.ts';
import type { Bus } from '../messaging/bus.ts';
import type { Ec2Ids } from '../metadata/ec2-ids.ts';
import type { VendorSource } from '../metadata/guest-facts.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { housekeeping } from '../tasks/task.definition.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import { AggregateService } from './aggregate.service.ts';
import type { ConsoleAccess, HostClaims, LaunchImages, MachineNetworks, ProxiedImages } from './collaborators.ts';
import type { ComputeRouteParts } from './compute.routes.ts';
import type { ComputeSettings } from './compute.settings.ts';
import { ComputeHosts } from './compute-hosts.service.ts';
import { FlavorService } from './flavor.service.ts';
import { FoundThingsService } from './found-things.service.ts';
import { HostEligibility } from './hardware/host-eligibility.ts';
import { hostUuid } from './host-identity.ts';
import { HostOrders } from './host-orders.ts';
import { type Keypairs, keypairResource } from './keypair.resource.ts';
import { LeftoverRemovalService } from './leftover-removal.service.ts';
import { MachineAdoptionService, serverPorts } from './machine-adoption.service.ts';
import { MachineStatisticsService } from './machine-statistics.service.ts';
import { MigrationRepository } from './migration.repository.ts';
import { ResizeConfirmations } from './resize-confirmations.service.ts';
import { SafetySnapshots } from './safety-snapshot.service.ts';
import { ServerJournal } from './server.journal.ts';
import { ServerRepository } from './server.repository.ts';
import { ServerService } from './server.service.ts';
import { hostIdOf } from './server.view.ts';
import { ServerActionRepository } from './server-action.repository.ts';
import { serverBuild } from './server-build.tasks.ts';
import { ServerCreateService } from './server-create.service.ts';
import { serverDelete } from './server-delete.tasks.ts';
import { ServerDeletionService } from './server-deletion.service.ts';
import { type ServerGroups, serverGroupResource } from './server-group.resource.ts';
import { ServerGuests } from './server-guests.service.ts';
import { ServerHealthService } from './server-health.service.ts';
import { ServerListRepository } from './server-list.repository.ts';
import { ServerOwners } from './server-owners.ts';
import { ServerReportService } from './server-report.service.ts';
import { ShelvedServersService } from './shelved-servers.service.ts';
import { StartupRepository } from './startup/startup.repository.ts';
import { StartupService } from './startup/startup.service.ts';
import { turnTasks } from './startup/startup.tasks.ts';
import { TenantUsageRepository } from './tenant-usage.repository.ts';
import { attachInterface } from './verbs/attach-interface.verb.ts';
import { detachInterface } from './verbs/detach-interface.verb.ts';
import { softDelete } from './verbs/soft-delete.verb.ts';
import { VerbService } from './verbs/verb.service.ts';
import { verbTask } from './verbs/verb.tasks.ts';
import { isLong, type VerbParts } from './verbs/verb.ts';
import { VERBS } from './verbs/verbs.ts';

export interface ComputeParts {
  database: Database;
  events: EventService;
  tasks: TaskService;
  bus: Bus;
  quota: QuotaService;
  networks: MachineNetworks;
  claims: HostClaims;
  images: LaunchImages & { proxied: ProxiedImages };
  consoles: ConsoleAccess;
  leftovers: LeftoverService;
  unclaimed: UnclaimedRegister;
  ec2Ids: Ec2Ids;
  vendorData: VendorSource;
  settings: ComputeSettings;
  log: Logger;
}

/** The compute service as one thing: makes its parts, defines its tasks, hears its hosts. */
export class ComputeService {
  readonly server: ServerService;
  readonly create: ServerCreateService;
  readonly verbs: VerbService;
  readonly deletion: ServerDeletionService;
  readonly shelved: ShelvedServersService;
  readonly confirmations: ResizeConfirmations;
  readonly startup: StartupService;
  readonly safety: SafetySnapshots;
  readonly flavors: FlavorService;
  readonly keypairs: Keypairs;
  readonly serverGroups: ServerGroups;
  readonly aggregates: AggregateService;
  readonly hosts: ComputeHosts;
  /** Where what flavors and images want is to be had. */
  readonly eligibility: HostEligibility;
  readonly statistics = new MachineStatisticsService();
  /** Whose servers are. */
  readonly owners: ServerOwners;
  /** What guests are told of themselves. */
  readonly guests: ServerGuests;
  readonly orders: HostOrders;
  readonly removal: LeftoverRemovalService;
  readonly adoption: MachineAdoptionService;
  readonly routeParts: ComputeRouteParts;
  readonly #claims: HostClaims;
  readonly #database: Database;
  readonly #leftovers: LeftoverService;
  readonly #health: ServerHealthService;
  readonly #reports: ServerReportService;

  /** What the servers of a project call the host they are on. */
  readonly hostIdOf = hostIdOf;
  /** What administrators call a host, as its hypervisor and its resource provider. */
  readonly hostUuid = hostUuid;

  constructor(parts: ComputeParts) {
    const { database, events, tasks, quota, networks, images } = parts;
    const servers = new ServerRepository(database);
    this.owners = new ServerOwners(database);
    const actions = new ServerActionRepository(database);
    const journal = new ServerJournal(events);
    const orders = new HostOrders(parts.bus);
    const list = new ServerListRepository(database);
    const migrations = new MigrationRepository(database);
    const common = { database, tasks, servers, actions, journal, orders, migrations };
    this.orders = orders;
    this.#claims = parts.claims;
    this.#database = database;
    this.#leftovers = parts.leftovers;
    const { claims, leftovers, unclaimed, ec2Ids, vendorData } = parts;
    this.guests = new ServerGuests({ database, servers, networks, claims, ec2Ids, vendorData });
    this.flavors = new FlavorService({ database, events });
    this.keypairs = keypairResource({ database, events, quota });
    this.serverGroups = serverGroupResource({ database, events, quota, servers, claims });
    this.aggregates = new AggregateService({ database, events, claims });
    this.hosts = new ComputeHosts({ database, claims, aggregates: this.aggregates });
    this.eligibility = new HostEligibility({ claims, aggregates: this.aggregates });
    this.server = new ServerService(common);
    this.create = new ServerCreateService({
      ...common,
      quota,
      flavors: this.flavors,
      keypairs: this.keypairs,
      images,
      networks,
      claims,
      hosts: this.hosts,
      settings: parts.settings,
      serverGroups: this.serverGroups,
      server: this.server,
    });
    const usage = new TenantUsageRepository(database);
    const startups = new StartupRepository(database);
    this.#health = new ServerHealthService({ ...common, usage, startups });
    const removal = new LeftoverRemovalService({ database, leftovers, unclaimed, servers, orders, log: parts.log });
    this.removal = removal;
    const taskParts: VerbParts = {
      ...common,
      ...{ server: this.server, flavors: this.flavors, keypairs: this.keypairs, quota, settings: parts.settings },
      leftovers,
      removal,
      networks,
      serverGroups: this.serverGroups,
      guests: this.guests,
      ...{ claims, eligibility: this.eligibility },
      images,
      consoles: parts.consoles,
      log: parts.log,
    };
    this.verbs = new VerbService(taskParts);
    const { settings } = parts;
    this.deletion = new ServerDeletionService({ ...common, server: this.server, verbs: this.verbs, settings });
    this.shelved = new ShelvedServersService({ servers, verbs: this.verbs, settings });
    this.confirmations = new ResizeConfirmations({ settings, events, migrations, verbs: this.verbs, log: parts.log });
    this.startup = new StartupService({ ...common, server: this.server, startups, claims, settings });
    const turnParts = { ...common, startups, events, leftovers, verbs: this.verbs, bus: parts.bus, settings };
    for (const task of turnTasks(turnParts)) tasks.define(task);
    tasks.define(serverBuild(taskParts));
    tasks.define(serverDelete(taskParts));
    for (const verb of [...VERBS, softDelete, attachInterface, detachInterface].filter(isLong))
      tasks.define(verbTask(taskParts, verb));
    tasks.define(serverPorts(taskParts, 'server.adopt'));
    tasks.define(serverPorts(taskParts, 'server.ports'));
    tasks.define(housekeeping('server.reclaim', '5 min', () => this.deletion.reclaim()));
    tasks.define(housekeeping('server.offload', '5 min', () => this.shelved.offload()));
    this.safety = new SafetySnapshots({ database, servers, images });
    tasks.define(housekeeping('server.safety', '1 h', () => this.safety.expire()));
    tasks.define(housekeeping('server.prune', '1 d', () => this.#health.prune()));
    this.adoption = new MachineAdoptionService({ ...taskParts, quota, flavors: this.flavors });
    this.#reports = new ServerReportService({
      ...common,
      bus: parts.bus,
      events,
      networks,
      claims: parts.claims,
      removal,
      startup: this.startup,
      unclaimed,
      log: parts.log,
    });
    this.#reports.listen();
    this.statistics.listen(parts.bus);
    new FoundThingsService({ database, bus: parts.bus, servers, leftovers, unclaimed, images, removal }).listen();
    quota.register(['instances', 'cores', 'ram'], async (query, scope) => {
      const stored = await servers.usage(query, scope.projectId, scope.ofUser ? scope.userId : null);
      const more = await this.create.admitted.sumOf(query, scope);
      return {
        instances: stored.instances + more.instances,
        cores: stored.cores + more.cores,
        ram: stored.ram + more.ram,
      };
    });
    this.routeParts = { ...parts, ...common, ...this.#named(), list, usage };
  }

  /** Before the task service starts: default flavors, and servers set right that a crash left half-way. */
  async start(): Promise<void> {
    await this.flavors.bootstrap();
    await this.#health.heal();
    await this.startup.heal();
  }

  /** Which host an agent is that does not know it: the one its machines are recorded on, else the one of its name. */
  identifyHost(host: { name: string; machines: string[] }): Promise<string> {
    return this.#reports.identifyHost(host);
  }

  /** The cached copies of an image that is deleted go from all hosts, once no machine needs them. */
  async forgetImage(trx: Transaction, context: Context, imageId: string): Promise<void> {
    for (const host of this.#claims.ids()) {
      const row: Leftover = { host, kind: 'cached-image', id: imageId, generation: 0, reason: 'deleted' };
      await this.#leftovers.add(trx, row);
      this.#database.afterCommit(trx, () => this.removal.removeOne(context, row));
    }
  }

  /** After the task service was closed and before the bus is. */
  close(): void {
    this.orders.close();
    this.#claims.close();
  }

  #named() {
    const { server, create, verbs, deletion, flavors, keypairs, serverGroups, aggregates, hosts } = this;
    return { server, create, verbs, deletion, flavors, keypairs, serverGroups, aggregates, hosts };
  }
}
