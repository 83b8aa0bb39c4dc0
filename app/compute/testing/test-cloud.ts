import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import type { Context } from '../../contract/context.ts';
import type { Database } from '../../database/database.ts';
import { openMigrated } from '../../database/testing/migrated-database.ts';
import { EventService } from '../../events/event.service.ts';
import { impliedRoles } from '../../http/edge.fixture.ts';
import { Edge } from '../../http/edge.ts';
import { qcow2Image } from '../../image/formats/disk-image.fixture.ts';
import { IMAGE_RULES } from '../../image/image.policy.ts';
import { IMAGE_QUOTAS } from '../../image/image.quotas.ts';
import { ImageService } from '../../image/image.service.ts';
import { LeftoverService } from '../../leftover/leftover.service.ts';
import { Ec2Ids } from '../../metadata/ec2-ids.ts';
import { MetadataService } from '../../metadata/metadata.service.ts';
import { DEFAULT_METADATA_SETTINGS } from '../../metadata/metadata.settings.ts';
import { VendorData } from '../../metadata/vendor-data.ts';
import { makeNetworkParts } from '../../network/network.parts.ts';
import { NETWORK_QUOTAS } from '../../network/network.quotas.ts';
import type { NetworkService } from '../../network/network.service.ts';
import type { PortService } from '../../network/port.service.ts';
import { BASE_RULES } from '../../policy/base.policy.ts';
import { PolicyService } from '../../policy/policy.service.ts';
import { QuotaService } from '../../quota/quota.service.ts';
import { SchedulerRepository } from '../../scheduler/scheduler.repository.ts';
import { SchedulerService } from '../../scheduler/scheduler.service.ts';
import { TaskRepository } from '../../tasks/task.repository.ts';
import { TaskService } from '../../tasks/task.service.ts';
import { unclaimedModule } from '../../unclaimed/unclaimed.module.ts';
import { UnclaimedRegister } from '../../unclaimed/unclaimed.register.ts';
import { unclaimedRoutes } from '../../unclaimed/unclaimed.routes.ts';
import { UnclaimedService } from '../../unclaimed/unclaimed.service.ts';
import { v1Definition } from '../../v1/v1.routes.ts';
import type { LaunchImage } from '../collaborators.ts';
import { computeModule } from '../compute.module.ts';
import { COMPUTE_QUOTAS } from '../compute.quotas.ts';
import { computeDefinitions } from '../compute.routes.ts';
import { ComputeService } from '../compute.service.ts';
import { DEFAULT_COMPUTE_SETTINGS } from '../compute.settings.ts';
import { machineRoutes } from '../machine.routes.ts';
import { startupRoutes } from '../startup/startup.routes.ts';
import { safetyRoutes } from '../verbs/safety.routes.ts';
import { verbRoutes } from '../verbs/verb.routes.ts';
import { FakeAgent, FakeBus } from './fake-agent.ts';

const catalogFile = fileURLToPath(new URL('../../../assets/image-catalog.json', import.meta.url));

/** Below the limit of a test; only a task that hangs reaches it. */
const PATIENCE_MS = 50_000;

export const PROJECT = 'a'.repeat(32);
export const OTHER_PROJECT = 'b'.repeat(32);
export const IMAGE: LaunchImage = {
  id: '11111111-1111-4111-8111-111111111111',
  name: 'tiny',
  diskFormat: 'qcow2',
  size: 1000,
  virtualSize: 60_000_000,
  sha512: 'ff'.repeat(64),
  minDisk: 0,
  minRam: 0,
  properties: { hw_disk_bus: 'virtio' },
};

const SNAPSHOT = qcow2Image(2 ** 30);

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  headers: Record<string, unknown>;
}

/** For tests: the controller's parts that compute works with, real but for hosts, bytes of images, consoles and identity. */
export class TestCloud {
  readonly folder: string;
  readonly revoked: string[] = [];
  /** Taken up when it is opened. */
  settings = DEFAULT_COMPUTE_SETTINGS;
  metadataSettings = DEFAULT_METADATA_SETTINGS;
  agent = new FakeAgent('host-1');
  database!: Database;
  events!: EventService;
  images!: ImageService;
  tasks!: TaskService;
  quota!: QuotaService;
  scheduler!: SchedulerService;
  networks!: NetworkService;
  ports!: PortService;
  compute!: ComputeService;
  metadata!: MetadataService;
  unclaimed!: UnclaimedService;
  bus!: FakeBus;
  edge!: Edge;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(): Promise<TestCloud> {
    const cloud = new TestCloud(await mkdtemp(join(tmpdir(), 'cumulet-compute-')));
    await cloud.open();
    return cloud;
  }

  /** Also a second time, on the same data, as a restart. */
  async open(): Promise<void> {
    const log = pino({ level: 'silent' });
    const database = await openMigrated(this.folder);
    const events = new EventService(database);
    const tasks = new TaskService({ database, events, repository: new TaskRepository(database), log, owner: 'one' });
    const scheduler = new SchedulerService({
      database,
      repository: new SchedulerRepository(database),
      events,
      log,
      graceMs: 0,
    });
    const quota = new QuotaService({
      ...{ database, events },
      defaults: { ...COMPUTE_QUOTAS, ...IMAGE_QUOTAS, ...NETWORK_QUOTAS },
    });
    const { ports, service: networks } = makeNetworkParts({ database, events, quota });
    const bus = new FakeBus();
    // Its records only: the bytes are between the image service and the hosts, which are stand-ins here.
    const leftovers = new LeftoverService();
    const register = new UnclaimedRegister({ database, events });
    const images = new ImageService({
      ...{ database, events, tasks, quota, log, dataDir: this.folder, catalogFile, leftovers, unclaimed: register },
      forgetCopies: (trx, context, imageId) => compute.forgetImage(trx, context, imageId),
    });
    const consoles = {
      create: async (_context: Context, target: { id: string }, type: string, origin: string) => ({
        url: `${origin}/console/${type}?token=${target.id}`,
      }),
      serverOf: async (token: string) => (await compute.server.consoleTarget(token))?.id,
      revoke: async (_trx: unknown, serverId: string) => void this.revoked.push(serverId),
    };
    const vendorData = new VendorData({ settings: this.metadataSettings, log });
    const compute: ComputeService = new ComputeService({
      database,
      events,
      tasks,
      bus,
      quota,
      networks,
      claims: scheduler,
      images,
      consoles,
      leftovers,
      unclaimed: register,
      ec2Ids: new Ec2Ids(database),
      vendorData,
      settings: this.settings,
      log,
    });
    this.metadata = new MetadataService({ bus, guests: compute.guests, vendor: vendorData });
    this.unclaimed = new UnclaimedService({
      ...{ database, events, leftovers, register, generation: { stale: null }, hosts: scheduler },
      ...{ machines: compute.adoption, images: images.adoption, removal: compute.removal },
      projects: { hasProject: async (id: string) => id === PROJECT || id === OTHER_PROJECT },
    });
    const edge = new Edge({
      checkAnswers: true,
      log,
      authenticate: async (token, requestId) => contextOf(token, requestId),
      policy: new PolicyService([
        ...BASE_RULES,
        ...(computeModule.rules ?? []),
        ...IMAGE_RULES,
        ...(unclaimedModule.rules ?? []),
      ]),
      dashboardDir: undefined,
    });
    await edge.prepare();
    for (const definition of computeDefinitions(compute.routeParts)) edge.register(definition);
    const describe = async () => undefined;
    const machines = machineRoutes({ compute, images: { describe } });
    const own = [...machines, ...verbRoutes({ compute }), ...safetyRoutes({ compute }), ...startupRoutes({ compute })];
    edge.register(v1Definition([...unclaimedRoutes(this.unclaimed), ...own]));
    Object.assign(this, { database, events, images, tasks, quota, scheduler, networks, ports, compute, bus, edge });
    await networks.bootstrap(PROJECT);
    await this.addImage(IMAGE);
    await images.start();
    this.agent.onSnapshot = (id) => this.takeSnapshot(id);
    await scheduler.markAllDown();
    await compute.start();
    await bus.connect(this.agent);
    await tasks.start();
    await compute.confirmations.start();
  }

  /** Lets go of everything as a stopped controller does; the hosts go on. */
  async shut(): Promise<void> {
    await this.compute.confirmations.close();
    await this.tasks.close();
    this.compute.close();
    this.bus.close();
    await this.edge.fastify.close();
    await this.database.close();
  }

  async stop(): Promise<void> {
    await this.shut();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `who`: `admin`, `member`, `reader`, `other` (another project), or null for nobody. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    options: { who?: string | null; version?: string } = {},
  ): Promise<Answer> {
    const { who = 'member', version } = options;
    const response = await this.edge.fastify.inject({
      method,
      url: path.startsWith('/v1/') ? path : `/compute/v2.1${path}`,
      headers: {
        host: '127.0.0.1',
        ...(who && { 'x-auth-token': who }),
        ...(version && { 'openstack-api-version': `compute ${version}` }),
      },
      ...(body !== undefined && { payload: body as object }),
    });
    const parsed = response.body === '' ? undefined : JSON.parse(response.body);
    return { status: response.statusCode, body: parsed, headers: response.headers };
  }

  /** An image that is there for everybody, as after an upload. */
  async addImage(image: LaunchImage): Promise<void> {
    const at = new Date().toISOString();
    const row = {
      id: image.id,
      name: image.name,
      status: 'active',
      visibility: 'public',
      owner: null,
      disk_format: image.diskFormat,
      container_format: 'bare',
      size: image.size,
      virtual_size: image.virtualSize,
      min_disk: image.minDisk,
      min_ram: image.minRam,
      checksum: null,
      os_hash_algo: 'sha512',
      os_hash_value: image.sha512,
      protected: 0,
      os_hidden: 0,
      tags: '[]',
      properties: JSON.stringify(image.properties),
      catalog_id: null,
      created_at: at,
      updated_at: at,
    } as const;
    await this.database.transaction(async (trx) => {
      await trx
        .insertInto('image_image')
        .values(row)
        .onConflict((known) => known.doNothing())
        .execute();
    });
  }

  /** What a host sends of a machine's disk. */
  async takeSnapshot(imageId: string, bytes = SNAPSHOT): Promise<void> {
    const declared = { bytes: bytes.length, sha512: () => createHash('sha512').update(bytes).digest('hex') };
    await this.images.snapshots.receive(imageId, Readable.from([bytes]), declared);
  }

  async deleteImage(id: string): Promise<void> {
    await this.images.records.delete({ isAdmin: true, projectId: null } as Context, id);
  }

  async portsOf(serverId: string) {
    return await this.database.query.selectFrom('network_port').selectAll().where('device_id', '=', serverId).execute();
  }

  /** A server of somebody else's, once it is made. */
  async launchAs(who: string, imageRef: string) {
    const id = await this.launch({ imageRef }, who);
    await this.idle(id);
    return await this.show(id);
  }

  async image(id: string) {
    return await this.images.records.find({ isAdmin: true, projectId: null } as Context, id);
  }

  /** Launches with good defaults and answers the id. */
  async launch(fields: Record<string, unknown> = {}, who = 'member'): Promise<string> {
    const server = { name: 'web', imageRef: IMAGE.id, flavorRef: '42', ...fields };
    const { status, body } = await this.request('POST', '/servers', { server }, { who });
    if (status !== 202) throw new Error(`launch answered ${status}: ${JSON.stringify(body)}`);
    return body.server.id;
  }

  async launchActive(fields: Record<string, unknown> = {}): Promise<string> {
    const id = await this.launch(fields);
    await this.idle(id);
    return id;
  }

  /** Resolves when no task of the server is left to do. */
  async idle(serverId: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const left = await this.database.transaction((trx) => this.tasks.unfinishedOf(trx, serverId));
      if (left.length === 0) return;
      if (performance.now() > deadline) throw new Error(`These tasks do not end: ${JSON.stringify(left)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async show(id: string, options: { who?: string; version?: string } = {}) {
    return (await this.request('GET', `/servers/${id}`, undefined, { version: '2.96', who: 'admin', ...options })).body
      .server;
  }

  /** What must be left after everything is deleted: nothing. */
  async leftovers(): Promise<Record<string, number>> {
    const count = async (table: 'scheduler_allocation' | 'network_port' | 'network_ip_allocation') => {
      const rows = await this.database.query.selectFrom(table).selectAll().execute();
      return rows.length;
    };
    return {
      machines: this.agent.machines.size,
      allocations: await count('scheduler_allocation'),
      ports: await count('network_port'),
      addresses: await count('network_ip_allocation'),
    };
  }

  async eventTypes(id: string): Promise<string[]> {
    const events = await this.events.list({ after: 0, limit: 1000, visibleTo: 'all', resourceId: id });
    return events.map(({ type }) => type);
  }
}

export function contextOf(who: string, requestId = `req-${randomUUID()}`): Context | undefined {
  const isKnown = ['admin', 'member', 'reader', 'other'].includes(who);
  if (!isKnown) return undefined;
  return {
    requestId,
    userId: `user-${who}`,
    userName: who,
    projectId: who === 'other' ? OTHER_PROJECT : PROJECT,
    userDomainId: null,
    projectDomainId: null,
    domainId: null,
    systemScope: false,
    roles: impliedRoles(who === 'other' ? 'member' : who),
    isAdmin: who === 'admin',
  };
}
