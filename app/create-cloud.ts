import type { Logger } from 'pino';
import { startIdentity } from './admin-password.ts';
import { AuditRepository } from './audit/audit.repository.ts';
import { AuditService } from './audit/audit.service.ts';
import { BackupService } from './backup/backup.service.ts';
import { ComputeService } from './compute/compute.service.ts';
import { registerConsoleRoutes } from './console/console.routes.ts';
import { ConsoleService } from './console/console.service.ts';
import { agentMethods } from './contract/agent.methods.ts';
import { UserError } from './contract/errors.ts';
import type { StaleDatabase } from './contract/unclaimed.ts';
import type { DatabaseSettings } from './database/database.settings.ts';
import { Database } from './database/database.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { registerEventRoutes } from './events/event.routes.ts';
import { EventService } from './events/event.service.ts';
import { systemContext } from './http/authorization.ts';
import { Edge } from './http/edge.ts';
import { DEFAULT_LIMITS, type RequestLimits } from './http/request-limits.ts';
import { Sessions } from './http/sessions.ts';
import { CredentialCipher } from './identity/credential/credential-cipher.ts';
import { identityRoutes } from './identity/identity.routes.ts';
import { IdentityService } from './identity/identity.service.ts';
import { DEFAULT_IDENTITY_SETTINGS, type IdentitySettings } from './identity/identity.settings.ts';
import type { HashCost } from './identity/token/password-hash.ts';
import { imageRoutes } from './image/image.routes.ts';
import { ImageService } from './image/image.service.ts';
import { LeftoverService } from './leftover/leftover.service.ts';
import { AgentSecret } from './messaging/agent-secret.ts';
import { registerBusRoutes } from './messaging/bus.routes.ts';
import { Hub } from './messaging/hub.ts';
import { StreamBroker } from './messaging/stream-broker.ts';
import { NetworkRepository } from './network/network.repository.ts';
import { networkRoutes } from './network/network.routes.ts';
import { NetworkService } from './network/network.service.ts';
import { PortService } from './network/port.service.ts';
import { PolicyService } from './policy/policy.service.ts';
import { PolicyFile } from './policy/policy-file.ts';
import { QuotaRepository } from './quota/quota.repository.ts';
import { QuotaService } from './quota/quota.service.ts';
import { SchedulerRepository } from './scheduler/scheduler.repository.ts';
import { SchedulerService } from './scheduler/scheduler.service.ts';
import { housekeeping } from './tasks/task.definition.ts';
import { TaskRepository } from './tasks/task.repository.ts';
import { TaskService } from './tasks/task.service.ts';
import { DataGeneration } from './unclaimed/data-generation.ts';
import { UnclaimedRegister } from './unclaimed/unclaimed.register.ts';
import { UnclaimedService } from './unclaimed/unclaimed.service.ts';
import { v1Routes } from './v1/v1.routes.ts';
import { VERSION } from './version.ts';

export interface CloudOptions {
  dataDir: string;
  controllerId: string;
  /** Of the data folder: under it this controller does tasks, and its next start as well. */
  ownerId: string;
  adminPassword: string | undefined;
  database: DatabaseSettings | undefined;
  identity: IdentitySettings | undefined;
  limits?: RequestLimits | undefined;
  dashboardDir: string | undefined;
  guestBuilder: string;
  imageCatalog: string;
  /** Entry of the catalogue that a new cloud imports by itself. */
  firstImage: string | undefined;
  checkAnswers?: boolean | undefined;
  hashCost?: HashCost | undefined;
  log: Logger;
}

export interface Cloud {
  readonly edge: Edge;
  readonly failPoints: string[];
  lostPasswordFile(): Promise<string | null>;
  readonly staleDatabase: StaleDatabase | null;
  createSignInCode(): Promise<string>;
  /** Takes up unfinished work; call when the edge listens. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The one place where everything is wired: what a part needs is what its constructor is given here. */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const { dataDir, controllerId, log, limits = DEFAULT_LIMITS } = options;
  const database = await Database.open(dataDir, options.database);
  const events = new EventService(database);
  const generation = await DataGeneration.open({ dataDir, database, events, log });
  const tasks = new TaskService({
    database,
    events,
    repository: new TaskRepository(database),
    log,
    limits,
    owner: options.ownerId,
  });
  const hub = new Hub({ log, controllerId });
  const streams = new StreamBroker();
  const sessions: Sessions = new Sessions(
    (session) => identity.contextOf(session, systemContext().requestId),
    limits.sockets_per_person,
  );
  const identity = new IdentityService({
    cipher: await CredentialCipher.open(dataDir),
    database,
    events,
    log,
    settings: options.identity ?? DEFAULT_IDENTITY_SETTINGS,
    hashCost: options.hashCost,
  });
  const quota = new QuotaService({ database, repository: new QuotaRepository(database), events, projects: identity });
  const networkRepository = new NetworkRepository(database);
  const ports = new PortService({ database, repository: networkRepository, events });
  const networks = new NetworkService({ database, repository: networkRepository, ports, events });
  const scheduler = new SchedulerService({ database, repository: new SchedulerRepository(database), events, log });
  const leftovers = new LeftoverService();
  const register = new UnclaimedRegister({ database, events });
  const images = new ImageService({
    database,
    events,
    tasks,
    quota,
    log,
    leftovers,
    unclaimed: register,
    forgetCopies: (trx, context, imageId) => compute.forgetImage(trx, context, imageId),
    dataDir,
    guestBuilder: options.guestBuilder,
    catalogFile: options.imageCatalog,
  });
  const consoles: ConsoleService = new ConsoleService({
    database,
    bus: hub,
    streams,
    sessions,
    log,
    targetOf: (serverId) => compute.server.consoleTarget(serverId),
  });
  const compute: ComputeService = new ComputeService({
    database,
    events,
    tasks,
    bus: hub,
    quota,
    networks,
    claims: scheduler,
    images,
    consoles,
    leftovers,
    unclaimed: register,
    log,
  });
  const unclaimed = new UnclaimedService({
    ...{ database, events, leftovers, register, generation },
    ...{ machines: compute.adoption, images: images.adoption, removal: compute.removal },
    ...{ projects: identity, hosts: scheduler },
  });
  hub.identifyBy((host) => compute.identifyHost(host));
  quota.register(['ports'], async (query, { projectId }) => ({ ports: await networks.countPorts(query, projectId) }));

  const policy = new PolicyService(DEFAULT_RULES);
  const policyFile = await PolicyFile.follow(policy, dataDir, log);
  const audit = new AuditService({ database, repository: new AuditRepository(database), policy });
  const backups = new BackupService({ database, settings: options.database, events, tasks, dataDir, log });
  const edge = new Edge({
    log,
    policy,
    audit,
    authenticate: (token, requestId, call) => identity.authenticate(token, requestId, call),
    dashboardDir: options.dashboardDir,
    limits,
    checkAnswers: options.checkAnswers,
  });
  await edge.prepare();
  edge.register(identityRoutes({ identity }));
  for (const definition of compute.definitions) edge.register(definition);
  edge.register(imageRoutes({ images }));
  edge.register(
    networkRoutes({ database, networks, ports, quotas: quota, hostName: (hostId) => scheduler.nameOf(hostId) }),
  );
  edge.register(
    v1Routes({
      status: {
        name: 'Cumulet',
        version: VERSION,
        controllerId,
        platform: `${process.platform} ${process.arch}`,
        startedAt: new Date().toISOString(),
      },
      tasks,
      events,
      scheduler,
      audit,
      backups,
      identity,
      quota,
      unclaimed,
      rights: (context) => policy.rights(context),
      policy: () => ({ ...policyFile.state, rules: policy.describe() }),
      createSignInCode: () => identity.createSignInCode(),
      exchangeSignInCode: (code) => identity.exchangeSignInCode(code),
      measureHost: async (context, hostId) => {
        await scheduler.showHost(hostId);
        const facts = await hub.call(`agent.${hostId}`, agentMethods.facts, {}, context, { waitForPeer: 1000 });
        await scheduler.reportHost(context, hostId, facts);
        return await scheduler.showHost(hostId);
      },
      hostIdOf: compute.hostIdOf,
      limits: (projectId, userId) => quota.usage(projectId, userId),
      catalog: {
        list: (context) => images.listCatalog(context),
        import: (context, entryId, visibility) => images.importFromCatalog(context, entryId, visibility),
      },
      access: async (context, serverId) => {
        const server = await compute.server.get(context, serverId);
        const image = server.imageId === null ? undefined : await images.describe(server.imageId);
        return { forwards: server.forwards, defaultUser: image?.defaultUser ?? null };
      },
      screenshot: async (context, serverId) => {
        const server = await compute.server.get(context, serverId);
        if (server.hostId === null || server.powerState !== 'RUNNING') {
          throw new UserError('conflict', 'The machine is not running, so it has no screen.');
        }
        const topic = `agent.${server.hostId}`;
        const { png } = await hub.call(topic, agentMethods.screenshot, { id: server.id }, context, {
          waitForPeer: 1000,
        });
        return Buffer.from(png, 'base64');
      },
      powerOff: async (context, serverId, { graceful, timeoutSeconds }) =>
        graceful
          ? await compute.power.shutDown(context, serverId, { timeoutSeconds })
          : await compute.power.forceOff(context, serverId),
    }),
  );
  const secret = await AgentSecret.open(dataDir);
  registerBusRoutes(edge, { hub, streams, secret, storedImage: (imageId) => images.storedFile(imageId) });
  registerEventRoutes(edge, { events, sessions, policy });
  registerConsoleRoutes(edge, { consoles });
  identity.onTokensEnded(() => {
    sessions.recheck().catch((error: unknown) => log.error({ err: error }, 'sessions could not be checked'));
  });

  tasks.define(housekeeping('event.prune', '1 d', () => events.prune()));
  tasks.define(housekeeping('audit.prune', '1 d', () => audit.prune()));
  tasks.define(housekeeping('identity.prune', '10 min', () => identity.tokens.prune()));
  tasks.define(housekeeping('identity.read-ldap', '5 min', () => identity.ldap.readAll()));

  const isNew = await identity.isNew();
  const lostPasswordFile = await startIdentity(identity, dataDir, options.adminPassword);
  const { id: adminProjectId } = await identity.adminProject();
  await networks.bootstrap(adminProjectId);
  await scheduler.markAllDown();
  await images.start();
  await compute.start();

  return {
    edge,
    failPoints: tasks.failPoints(),
    lostPasswordFile,
    staleDatabase: generation.stale,
    createSignInCode: () => identity.createSignInCode(),
    start: async () => {
      await tasks.start();
      if (isNew) await images.importFirst({ ...systemContext(), projectId: adminProjectId }, options.firstImage);
    },
    close: async () => {
      policyFile.close();
      await edge.close();
      await tasks.close();
      compute.close();
      hub.close();
      identity.close();
      await images.close();
      generation.close();
      await database.close();
    },
  };
}
