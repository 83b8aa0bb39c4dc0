import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { markUnfinished, noteMade } from '../audit/audited-request.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { requireProject } from '../policy/authorization.ts';
import { UNLIMITED } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { randomPassword } from '../random-password.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { type AdmittedLaunch, AdmittedLaunches } from './admitted-launches.ts';
import { blockDevicesOf } from './block-devices.ts';
import type { HostClaims, LaunchImage, LaunchImages, MachineNetworks } from './collaborators.ts';
import type { ComputeSettings } from './compute.settings.ts';
import type { ComputeHosts } from './compute-hosts.service.ts';
import type { FlavorService } from './flavor.service.ts';
import type { FlavorRecord } from './flavor.tables.ts';
import { assertInjectedFiles } from './injected-files.ts';
import { type Keypairs, keypairsOf } from './keypair.resource.ts';
import { needsConfigDrive, requirementsOf } from './machine-spec.ts';
import type { Placement } from './scheduler-hints.ts';
import type { ServerJournal } from './server.journal.ts';
import type { ServerRepository } from './server.repository.ts';
import type { ServerService } from './server.service.ts';
import type { ServerRecord } from './server.tables.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import { groupsOf, type ServerGroups } from './server-group.resource.ts';
import {
  assertCounts,
  assertFits,
  embedFlavor,
  newServer,
  PASSWORD_LENGTH,
  type ServerRequest,
} from './server-request.ts';

/** So many are made in one go: others are answered, and make their changes, in between. */
const PART = 20;

/**
 * Launches: checks everything, then writes servers with their tasks, history and events. All are admitted, or none, in the
 * transaction that stores the first part of them; what is still to come counts as used until it is stored.
 */
export class ServerCreateService {
  readonly #database: Database;
  readonly #tasks: TaskService;
  readonly #quota: QuotaService;
  readonly #servers: ServerRepository;
  readonly #actions: ServerActionRepository;
  readonly #journal: ServerJournal;
  readonly #flavors: FlavorService;
  readonly #keypairs: Keypairs;
  readonly #images: LaunchImages;
  readonly #networks: MachineNetworks;
  readonly #server: Pick<ServerService, 'delete'>;
  readonly #serverGroups: ServerGroups;
  readonly #claims: Pick<HostClaims, 'idOf'>;
  readonly #hosts: Pick<ComputeHosts, 'zones'>;
  readonly #forcesConfigDrive: boolean;
  readonly #mostDisks: number;
  readonly admitted: AdmittedLaunches;

  constructor(parts: {
    database: Database;
    tasks: TaskService;
    quota: QuotaService;
    servers: ServerRepository;
    actions: ServerActionRepository;
    journal: ServerJournal;
    flavors: FlavorService;
    keypairs: Keypairs;
    images: LaunchImages;
    networks: MachineNetworks;
    server: Pick<ServerService, 'delete'>;
    serverGroups: ServerGroups;
    claims: Pick<HostClaims, 'idOf'>;
    hosts: Pick<ComputeHosts, 'zones'>;
    settings: Pick<ComputeSettings, 'force_config_drive' | 'max_local_block_devices'>;
  }) {
    this.#database = parts.database;
    this.#tasks = parts.tasks;
    this.#quota = parts.quota;
    this.#servers = parts.servers;
    this.admitted = new AdmittedLaunches(parts.servers);
    this.#actions = parts.actions;
    this.#journal = parts.journal;
    this.#flavors = parts.flavors;
    this.#keypairs = parts.keypairs;
    this.#images = parts.images;
    this.#networks = parts.networks;
    this.#server = parts.server;
    this.#serverGroups = parts.serverGroups;
    this.#claims = parts.claims;
    this.#hosts = parts.hosts;
    this.#forcesConfigDrive = parts.settings.force_config_drive;
    this.#mostDisks = parts.settings.max_local_block_devices;
  }

  /** The servers made, in order, and the password they were given. Their builds go on as tasks. */
  async create(context: Context, request: ServerRequest): Promise<{ servers: ServerRecord[]; adminPass: string }> {
    const projectId = requireProject(context);
    assertCounts(request);
    await this.#assertZone(request.availabilityZone);
    const placement = { ...request.placement, host: this.#hostId(request) };
    const flavor = await this.#flavor(context, request.flavorId);
    const image = request.imageId === null ? null : await this.#image(context, request.imageId, flavor);
    if (image !== null) assertFits(flavor, image);
    else requirementsOf(embedFlavor(flavor), null);
    const blockDevices = blockDevicesOf(request.disks, flavor, this.#mostDisks);
    const publicKey = await this.#publicKey(context, request.keyName);
    await this.#networks.checkRequested(context, request.networks);
    const adminPass = request.adminPass ?? randomPassword(PASSWORD_LENGTH);
    const hasConfigDrive =
      request.configDrive || this.#forcesConfigDrive || (image !== null && needsConfigDrive(image));
    const reservationId = `r-${randomBytes(4).toString('hex')}`;
    const what = { request, flavor, image, blockDevices, publicKey, adminPass, hasConfigDrive, reservationId };
    const { userId } = context;
    const { groupId } = request;
    const admitted: AdmittedLaunch = { projectId, userId, groupId, each: flavor, parts: [] };
    this.admitted.begin(admitted);
    const servers: ServerRecord[] = [];
    let count = 1;
    let isStored = false;
    try {
      while (servers.length < count) {
        if (servers.length > 0) await setImmediate();
        const known = servers.length === 0 ? undefined : count;
        const part = await this.#database.transaction(async (trx) => {
          const count = known ?? (await this.#admit(trx, context, projectId, request, flavor));
          const made: ServerRecord[] = [];
          for (let index = servers.length; index < Math.min(count, servers.length + PART); index++) {
            const server = newServer(context, projectId, { ...what, index, count });
            await this.#store(trx, context, server, placement);
            made.push(server);
          }
          const first = servers[0] ?? made[0];
          if (first) noteMade({ id: first.id, name: request.name });
          const left = count - servers.length - made.length;
          // Of this attempt: it is stored with it.
          markUnfinished(left > 0);
          admitted.parts.push({ serverId: made[0]?.id ?? '', left });
          return { count, made };
        });
        count = part.count;
        servers.push(...part.made);
      }
      isStored = true;
    } catch (error) {
      markUnfinished(true);
      // What cannot be deleted now either (the disk is full) is built, and can be deleted then.
      for (const { id } of servers) await this.#server.delete(context, id, { isForced: false }).catch(() => undefined);
      throw error;
    } finally {
      this.admitted.end(admitted, isStored);
    }
    return { servers, adminPass };
  }

  async #store(trx: Transaction, context: Context, server: ServerRecord, placement: Placement): Promise<void> {
    await this.#servers.insert(trx, server);
    await this.#tasks.enqueue(trx, context, {
      kind: 'server.build',
      subject: { type: 'server', id: server.id, name: server.name },
      projectId: server.projectId,
      args: { serverId: server.id, placement },
    });
    await this.#actions.begin(trx, context, server.id, 'create');
    await this.#actions.beginEvent(trx, context.requestId, server.id, 'compute__do_build_and_run_instance');
    await this.#journal.record(trx, context, server, 'create.start', {
      image: server.imageId,
      instance_type: server.flavor.name,
    });
  }

  /** How many may be made: as many as asked for, or what still fits if that is enough. */
  async #admit(
    trx: Transaction,
    context: Context,
    projectId: string,
    request: ServerRequest,
    flavor: FlavorRecord,
  ): Promise<number> {
    const scope = { projectId, userId: context.userId };
    await this.#quota.check(trx, scope, { metadata_items: Object.keys(request.metadata).length });
    await assertInjectedFiles(trx, this.#quota, scope, request.injectedFiles);
    const each = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
    const fits = await this.#quota.headroom(trx, scope, each);
    const count = Math.min(request.maxCount, fits ?? request.maxCount);
    if (count >= request.minCount) {
      await this.#assertGroup(trx, context, request.groupId, count);
      return count;
    }
    const { minCount } = request;
    const wanted = { instances: minCount, cores: minCount * flavor.vcpus, ram: minCount * flavor.ram };
    await this.#quota.check(trx, scope, wanted);
    return count;
  }

  async #assertZone(zone: string): Promise<void> {
    if (zone === '' || (await this.#hosts.zones()).get(zone)) return;
    throw new UserError('bad_request', 'The requested availability zone is not available', {
      field: 'server.availability_zone',
    });
  }

  #hostId({ host }: ServerRequest): string | null {
    if (host === null) return null;
    const id = this.#claims.idOf(host.name);
    if (id !== undefined) return id;
    throw new UserError('bad_request', `Compute host ${host.name.slice(0, 255)} could not be found.`, {
      field: `server.${host.field}`,
    });
  }

  /** It has room for so many more members of the caller: as in Nova, those of others do not count. */
  async #assertGroup(trx: Transaction, context: Context, groupId: string | null, count: number): Promise<void> {
    if (groupId === null) return;
    const group = await this.#serverGroups.find(groupId, trx, groupsOf(context));
    if (!group) {
      throw new UserError('bad_request', `Instance group ${groupId} could not be found.`, {
        field: 'os:scheduler_hints.group',
      });
    }
    const userId = context.userId ?? '';
    const { server_group_members: most } = await this.#quota.limits({ projectId: group.projectId, userId }, trx);
    if (most === UNLIMITED) return;
    const stored = await this.#servers.countMembers(trx, groupId, userId);
    const members = stored + (await this.admitted.membersOf(trx, groupId, userId));
    if (members + count > most) {
      throw new UserError('quota_exceeded', 'Quota exceeded, too many servers in group');
    }
  }

  async #flavor(context: Context, flavorId: string): Promise<FlavorRecord> {
    const flavor = await this.#flavors.find(context, flavorId);
    if (!flavor || flavor.isDisabled) {
      throw new UserError('bad_request', `Flavor ${flavorId} could not be found.`, { field: 'server.flavorRef' });
    }
    return flavor;
  }

  async #image(context: Context, imageId: string, flavor: FlavorRecord): Promise<LaunchImage> {
    const image = await this.#images.imageForLaunch(context, imageId);
    // Refuses formats no machine starts from, and what no host does, before anything is written.
    requirementsOf(embedFlavor(flavor), image);
    return image;
  }

  async #publicKey(context: Context, keyName: string | null): Promise<string | null> {
    if (keyName === null) return null;
    const key = await this.#keypairs.find(keyName, undefined, keypairsOf({ userId: context.userId ?? '' }));
    if (!key) throw new UserError('bad_request', 'Invalid key_name provided.', { field: 'server.key_name' });
    return key.publicKey;
  }
}
