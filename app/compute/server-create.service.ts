import { randomInt, randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { CumuletError, UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import { requireProject } from '../http/authorization.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { DEFAULT_ZONE } from './availability-zone.ts';
import type { LaunchImage, LaunchImages, MachineNetworks, RequestedNetworks } from './collaborators.ts';
import type { FlavorRecord } from './flavor.repository.ts';
import type { FlavorService } from './flavor.service.ts';
import type { KeypairRepository } from './keypair.repository.ts';
import { requirementsOf } from './machine-spec.ts';
import type { ServerJournal } from './server.journal.ts';
import type { ServerRecord } from './server.record.ts';
import type { ServerRepository } from './server.repository.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import { hostnameFrom, numberedName } from './server-name.ts';

/** A launch as the routes hand it on: checked in form, not yet in substance. */
export interface ServerRequest {
  name: string;
  imageId: string;
  flavorId: string;
  networks: RequestedNetworks;
  keyName: string | null;
  userData: string | null;
  metadata: Record<string, string>;
  configDrive: boolean;
  availabilityZone: string;
  minCount: number;
  maxCount: number;
  adminPass: string | null;
  description: string | null;
  tags: string[];
  hostname: string | null;
  diskConfig: 'MANUAL' | 'AUTO';
  accessIpv4: string;
  accessIpv6: string;
}

const GIB = 1024 ** 3;
/** Without letters and digits that look alike, as Nova's generated passwords. */
const PASSWORD_LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PASSWORD_LENGTH = 12;

/** Launches: checks everything, then writes servers, tasks, history and events in one transaction. */
export class ServerCreateService {
  readonly #database: Database;
  readonly #tasks: TaskService;
  readonly #quota: QuotaService;
  readonly #servers: ServerRepository;
  readonly #actions: ServerActionRepository;
  readonly #journal: ServerJournal;
  readonly #flavors: FlavorService;
  readonly #keypairs: KeypairRepository;
  readonly #images: LaunchImages;
  readonly #networks: MachineNetworks;

  constructor(parts: {
    database: Database;
    tasks: TaskService;
    quota: QuotaService;
    servers: ServerRepository;
    actions: ServerActionRepository;
    journal: ServerJournal;
    flavors: FlavorService;
    keypairs: KeypairRepository;
    images: LaunchImages;
    networks: MachineNetworks;
  }) {
    this.#database = parts.database;
    this.#tasks = parts.tasks;
    this.#quota = parts.quota;
    this.#servers = parts.servers;
    this.#actions = parts.actions;
    this.#journal = parts.journal;
    this.#flavors = parts.flavors;
    this.#keypairs = parts.keypairs;
    this.#images = parts.images;
    this.#networks = parts.networks;
  }

  /** The servers made, in order, and the password they were given. Their builds go on as tasks. */
  async create(context: Context, request: ServerRequest): Promise<{ servers: ServerRecord[]; adminPass: string }> {
    const projectId = requireProject(context);
    assertCounts(request);
    if (request.availabilityZone !== '' && request.availabilityZone !== DEFAULT_ZONE) {
      throw new UserError('bad_request', 'The requested availability zone is not available', {
        field: 'server.availability_zone',
      });
    }
    const flavor = await this.#flavor(context, request.flavorId);
    const image = await this.#image(context, request.imageId);
    assertFits(flavor, image);
    const publicKey = await this.#publicKey(context, request.keyName);
    await this.#networks.checkRequested(context, request.networks);
    const adminPass = request.adminPass ?? newPassword();
    const servers = await this.#database.transaction(async (trx) => {
      const count = await this.#admit(trx, context, projectId, request, flavor);
      const made: ServerRecord[] = [];
      for (let index = 0; index < count; index++) {
        const server = newServer(context, projectId, { request, flavor, image, publicKey, adminPass, index, count });
        await this.#store(trx, context, server);
        made.push(server);
      }
      return made;
    });
    return { servers, adminPass };
  }

  async #store(trx: Transaction, context: Context, server: ServerRecord): Promise<void> {
    await this.#servers.insert(trx, server);
    await this.#tasks.enqueue(trx, context, {
      kind: 'server.build',
      subject: { type: 'server', id: server.id, name: server.name },
      projectId: server.projectId,
      args: { serverId: server.id },
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
    const each = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
    const fits = await this.#quota.headroom(trx, scope, each);
    const count = Math.min(request.maxCount, fits ?? request.maxCount);
    if (count >= request.minCount) return count;
    const { minCount } = request;
    const wanted = { instances: minCount, cores: minCount * flavor.vcpus, ram: minCount * flavor.ram };
    await this.#quota.check(trx, scope, wanted);
    return count;
  }

  async #flavor(context: Context, flavorId: string): Promise<FlavorRecord> {
    const flavor = await this.#flavors.find(context, flavorId);
    if (!flavor || flavor.isDisabled) {
      throw new UserError('bad_request', `Flavor ${flavorId} could not be found.`, { field: 'server.flavorRef' });
    }
    return flavor;
  }

  async #image(context: Context, imageId: string): Promise<LaunchImage> {
    try {
      const image = await this.#images.imageForLaunch(context, imageId);
      // Refuses formats no machine starts from, before anything is written.
      requirementsOf(image);
      return image;
    } catch (error) {
      if (!(error instanceof CumuletError) || error.code !== 'not_found') throw error;
      throw new UserError('bad_request', 'Can not find requested image', { field: 'server.imageRef', cause: error });
    }
  }

  async #publicKey(context: Context, keyName: string | null): Promise<string | null> {
    if (keyName === null) return null;
    const key = await this.#keypairs.find(context.userId ?? '', keyName);
    if (!key) throw new UserError('bad_request', 'Invalid key_name provided.', { field: 'server.key_name' });
    return key.public_key;
  }
}

function assertCounts(request: ServerRequest): void {
  if (request.minCount > request.maxCount) {
    throw new UserError('bad_request', 'min_count must be <= max_count', { field: 'server.min_count' });
  }
  if (request.maxCount === 1 || !Array.isArray(request.networks)) return;
  if (request.networks.some(({ port }) => port !== undefined)) {
    throw new UserError(
      'bad_request',
      'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.',
      { field: 'server.networks' },
    );
  }
  if (request.networks.some(({ fixed_ip }) => fixed_ip !== undefined)) {
    throw new UserError(
      'bad_request',
      'Invalid instance request: max_count cannot be greater than 1 if an fixed_ip is specified.',
      { field: 'server.networks' },
    );
  }
}

function assertFits(flavor: FlavorRecord, image: LaunchImage): void {
  if (flavor.ram < image.minRam) {
    throw new UserError('bad_request', "Flavor's memory is too small for requested image.", {
      hint: `The image needs ${image.minRam} MiB, ${flavor.name} has ${flavor.ram}.`,
      field: 'server.flavorRef',
    });
  }
  // A root disk of 0 takes the image's own size.
  if (flavor.disk === 0) return;
  if (image.virtualSize > flavor.disk * GIB) {
    throw new UserError(
      'bad_request',
      `Flavor's disk is too small for requested image. Flavor disk is ${flavor.disk * GIB} bytes, image is ${image.virtualSize} bytes.`,
      { field: 'server.flavorRef' },
    );
  }
  if (flavor.disk < image.minDisk) {
    throw new UserError(
      'bad_request',
      `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${flavor.disk * GIB} bytes, minimum size is ${image.minDisk * GIB} bytes.`,
      { field: 'server.flavorRef' },
    );
  }
}

interface Ingredients {
  request: ServerRequest;
  flavor: FlavorRecord;
  image: LaunchImage;
  publicKey: string | null;
  adminPass: string;
  index: number;
  count: number;
}

function newServer(context: Context, projectId: string, parts: Ingredients): ServerRecord {
  const { request, flavor, image, index, count } = parts;
  const id = randomUUID();
  const name = numberedName(request.name, index, count);
  const now = new Date().toISOString();
  const root = flavor.disk > 0 ? flavor.disk : Math.ceil(image.virtualSize / GIB);
  return {
    id,
    name,
    description: request.description,
    projectId,
    userId: context.userId ?? '',
    vmState: 'building',
    taskState: 'scheduling',
    powerState: 'NOSTATE',
    hostId: null,
    generation: 0,
    flavor: {
      id: flavor.id,
      name: flavor.name,
      vcpus: flavor.vcpus,
      ram: flavor.ram,
      disk: flavor.disk,
      ephemeral: flavor.ephemeral,
      swap: flavor.swap,
      extra_specs: flavor.extraSpecs,
    },
    diskGib: root + flavor.ephemeral + Math.ceil(flavor.swap / 1024),
    imageId: image.id,
    keyName: request.keyName,
    publicKey: parts.publicKey,
    userData: request.userData,
    adminPass: parts.adminPass,
    configDrive: request.configDrive,
    hostname: request.hostname === null ? hostnameFrom(name, id) : numberedName(request.hostname, index, count),
    metadata: request.metadata,
    tags: request.tags,
    lockedBy: null,
    lockedReason: null,
    fault: null,
    forwards: [],
    availabilityZone: request.availabilityZone,
    diskConfig: request.diskConfig,
    accessIpv4: request.accessIpv4,
    accessIpv6: request.accessIpv6,
    requestedNetworks: request.networks,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    terminatedAt: null,
    deletedAt: null,
  };
}

function newPassword(): string {
  const letters = Array.from({ length: PASSWORD_LENGTH }, () => PASSWORD_LETTERS[randomInt(PASSWORD_LETTERS.length)]);
  return letters.join('');
}
