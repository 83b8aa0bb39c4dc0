import { randomUUID } from 'node:crypto';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { AskedDisk, BlockDevice } from './block-devices.ts';
import type { LaunchImage, RequestedNetworks } from './collaborators.ts';
import type { FlavorRecord } from './flavor.tables.ts';
import type { InjectedFile } from './injected-files.ts';
import { claimedGib } from './machine-spec.ts';
import type { Placement } from './scheduler-hints.ts';
import type { ServerRecord } from './server.tables.ts';
import type { EmbeddedFlavor } from './server.values.ts';
import { hostnameFrom, numberedName } from './server-name.ts';

const GIB = 1024 ** 3;

/** A launch as the routes hand it on: checked in form, not yet in substance. */
export interface ServerRequest {
  name: string;
  /** Null: its machine starts from an empty disk. */
  imageId: string | null;
  /** Null: those of its flavor. */
  disks: AskedDisk[] | null;
  injectedFiles: InjectedFile[];
  flavorId: string;
  networks: RequestedNetworks;
  keyName: string | null;
  userData: string | null;
  metadata: Record<string, string>;
  configDrive: boolean;
  availabilityZone: string;
  /** The one an administrator asks for, in which field. */
  host: { name: string; field: 'availability_zone' | 'host' | 'hypervisor_hostname' } | null;
  groupId: string | null;
  minCount: number;
  maxCount: number;
  adminPass: string | null;
  description: string | null;
  tags: string[];
  hostname: string | null;
  diskConfig: 'MANUAL' | 'AUTO';
  accessIpv4: string;
  accessIpv6: string;
  placement: Placement;
}

/** Several machines share neither port nor address. */
export function assertCounts(request: ServerRequest): void {
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

/** As Nova's `password_length`. */
export const PASSWORD_LENGTH = 12;

/** 400 where the image wants more than the flavor has; `field` is what was asked for. */
export function assertFits(
  flavor: Pick<FlavorRecord, 'name' | 'ram' | 'disk'>,
  image: LaunchImage,
  field = 'server.flavorRef',
): void {
  if (flavor.ram < image.minRam) {
    throw new UserError('bad_request', "Flavor's memory is too small for requested image.", {
      hint: `The image needs ${image.minRam} MiB, ${flavor.name} has ${flavor.ram}.`,
      field,
    });
  }
  // A root disk of 0 takes the image's own size.
  if (flavor.disk === 0) return;
  if (image.virtualSize > flavor.disk * GIB) {
    throw new UserError(
      'bad_request',
      `Flavor's disk is too small for requested image. Flavor disk is ${flavor.disk * GIB} bytes, image is ${image.virtualSize} bytes.`,
      { field },
    );
  }
  if (flavor.disk < image.minDisk) {
    throw new UserError(
      'bad_request',
      `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${flavor.disk * GIB} bytes, minimum size is ${image.minDisk * GIB} bytes.`,
      { field },
    );
  }
}

/** What a server keeps of its flavor, which may be changed or deleted afterwards. */
export function embedFlavor({ id, name, vcpus, ram, disk, ephemeral, swap, extraSpecs }: FlavorRecord): EmbeddedFlavor {
  return { id, name, vcpus, ram, disk, ephemeral, swap, extra_specs: extraSpecs };
}

interface Ingredients {
  request: ServerRequest;
  flavor: FlavorRecord;
  image: LaunchImage | null;
  blockDevices: BlockDevice[];
  publicKey: string | null;
  adminPass: string;
  hasConfigDrive: boolean;
  reservationId: string;
  index: number;
  count: number;
}

/** The server of that number among those asked for, before anything was done for it. */
export function newServer(context: Context, projectId: string, parts: Ingredients): ServerRecord {
  const { request, flavor, image, index, count } = parts;
  const id = randomUUID();
  const name = numberedName(request.name, index, count);
  const now = new Date().toISOString();
  return {
    id,
    name,
    description: request.description,
    projectId,
    userId: context.userId ?? '',
    vmState: 'building',
    taskState: 'scheduling',
    powerState: 'NOSTATE',
    stateRevision: 0,
    hostId: null,
    generation: 0,
    flavor: embedFlavor(flavor),
    vcpus: flavor.vcpus,
    memoryMib: flavor.ram,
    diskGib: claimedGib(flavor, image?.virtualSize ?? 0),
    imageId: image?.id ?? null,
    imageProperties: image?.properties ?? {},
    rescueImageId: null,
    keyName: request.keyName,
    publicKey: parts.publicKey,
    userData: request.userData,
    adminPass: parts.adminPass,
    configDrive: parts.hasConfigDrive,
    launchIndex: index,
    reservationId: parts.reservationId,
    guestPassword: '',
    hostname: request.hostname === null ? hostnameFrom(name, id) : numberedName(request.hostname, index, count),
    blockDevices: parts.blockDevices,
    injectedFiles: request.injectedFiles,
    metadata: request.metadata,
    tags: request.tags,
    lockedBy: null,
    lockedReason: null,
    fault: null,
    forwards: [],
    nics: [],
    availabilityZone: request.availabilityZone,
    beside: { sameHost: request.placement.sameHost, differentHost: request.placement.differentHost },
    groupId: request.groupId,
    diskConfig: request.diskConfig,
    accessIpv4: request.accessIpv4,
    accessIpv6: request.accessIpv6,
    requestedNetworks: request.networks,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    terminatedAt: null,
    softDeletedAt: null,
    shelvedAt: null,
    shelvedImageId: null,
    interruptedGeneration: null,
    deletedAt: null,
  };
}
