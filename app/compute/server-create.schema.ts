import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { integerWithin } from '../http/field.schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { blockDeviceFields, parseBlockDevices } from './block-device.schema.ts';
import type { RequestedNetworks } from './collaborators.ts';
import { personalityField } from './injected-files.ts';
import {
  accessIpv4Field,
  accessIpv6Field,
  booleanField,
  descriptionField,
  diskConfigField,
  fqdnField,
  hostnameField,
  MAX_TAGS,
  metadataField,
  nameField,
  referenceField,
  tagField,
  userDataField,
} from './request-field.schema.ts';
import { placementOf, type SchedulerHints, schedulerHintsField } from './scheduler-hints.ts';
import type { ServerRequest } from './server-request.ts';

const networkFields = {
  port: z.uuid().nullable().optional(),
  fixed_ip: z.union([z.ipv4(), z.ipv6()]).optional(),
};
const networkUuid = { uuid: z.uuid().optional() };
const networkTag = { tag: tagField.optional() };
const MAX_NETWORKS = 32;
/** Of one request; they are made in parts. */
const MOST_MACHINES = 10_000;
const count = integerWithin(1, MOST_MACHINES, /^(?:[1-9][0-9]{0,3}|10000)$/);

function networksField(version: Microversion) {
  if (version < 37) {
    const hasTag = version >= 32;
    const fields = { ...networkFields, uuid: z.string().max(255).optional(), ...(hasTag && networkTag) };
    return z.array(z.strictObject(fields)).max(MAX_NETWORKS).optional();
  }
  const fields = { ...networkFields, ...networkUuid, ...(version >= 42 && networkTag) };
  return z.union([z.enum(['none', 'auto']), z.array(z.strictObject(fields)).max(MAX_NETWORKS)]);
}

const FIELDS = {
  name: nameField,
  flavorRef: referenceField,
  imageRef: referenceField.or(z.literal('')).optional(),
  adminPass: z.string().max(255).optional(),
  metadata: metadataField.optional(),
  'OS-DCF:diskConfig': diskConfigField.optional(),
  accessIPv4: accessIpv4Field.optional(),
  accessIPv6: accessIpv6Field.optional(),
  availability_zone: nameField.optional(),
  config_drive: z.union([booleanField, z.literal('')]).optional(),
  key_name: z.string().min(1).max(255).nullable().optional(),
  min_count: count.optional(),
  max_count: count.optional(),
  return_reservation_id: booleanField.optional(),
  security_groups: z.array(z.strictObject({ name: nameField })).optional(),
  user_data: userDataField.nullable().optional(),
};
/** Fields that only some microversions have. */
const LATER_FIELDS = {
  personality: personalityField.optional(),
  description: descriptionField.optional(),
  tags: z.array(tagField).max(MAX_TAGS).optional(),
  trusted_image_certificates: z.array(z.string()).nullable().optional(),
  host: z.string().min(1).max(255).optional(),
  hypervisor_hostname: z.string().min(1).max(255).optional(),
  hostname: fqdnField.optional(),
};
const hintFields = {
  'os:scheduler_hints': schedulerHintsField.optional(),
  'OS-SCH-HNT:scheduler_hints': schedulerHintsField.optional(),
};

/** What any microversion may bring; a field the asked one has not got is absent. */
const anyServer = z.strictObject({
  ...FIELDS,
  ...LATER_FIELDS,
  ...blockDeviceFields(67),
  networks: z
    .union([z.enum(['none', 'auto']), z.array(z.strictObject({ ...networkFields, ...networkUuid, ...networkTag }))])
    .optional(),
});
export interface CreateBody {
  server: z.infer<typeof anyServer>;
  'os:scheduler_hints'?: SchedulerHints;
  'OS-SCH-HNT:scheduler_hints'?: SchedulerHints;
}

function serverFields(version: Microversion) {
  return {
    ...FIELDS,
    ...blockDeviceFields(version),
    networks: networksField(version),
    ...(version < 57 && { personality: LATER_FIELDS.personality }),
    ...(version >= 19 && { description: LATER_FIELDS.description }),
    ...(version >= 52 && { tags: LATER_FIELDS.tags }),
    ...(version >= 63 && { trusted_image_certificates: LATER_FIELDS.trusted_image_certificates }),
    ...(version >= 74 && { host: LATER_FIELDS.host, hypervisor_hostname: LATER_FIELDS.hypervisor_hostname }),
    ...(version >= 90 && { hostname: version >= 94 ? LATER_FIELDS.hostname : hostnameField.optional() }),
  };
}

/** Microversions in which the body differs; the schema of each is made once. */
const SCHEMAS = [1, 19, 32, 33, 37, 42, 52, 57, 63, 67, 74, 90, 94].map((since) => ({
  since,
  schema: z.strictObject({ server: z.strictObject(serverFields(since)), ...hintFields }),
}));

export function createBodySchema(version: Microversion): z.ZodType<CreateBody> {
  const found = SCHEMAS.findLast(({ since }) => version >= since) ?? SCHEMAS[0];
  // The shape depends on a number, which types cannot follow; each accepts a part of `anyServer`.
  return found?.schema as unknown as z.ZodType<CreateBody>;
}

/** The body as what is asked for; 400 for what this cloud has not got, naming the field. */
export function parseCreate({ server, ...body }: CreateBody): ServerRequest & { returnReservationId: boolean } {
  refuseMissingFeatures(server);
  const imageRef = server.imageRef ?? '';
  const disks = parseBlockDevices(server, imageRef);
  if (imageRef === '' && disks === null) {
    throw new UserError('bad_request', 'Invalid imageRef provided.', { field: 'server.imageRef' });
  }
  const minCount = server.min_count ?? 1;
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'];
  const place = requestedPlace(server);
  return {
    name: server.name,
    imageId: imageRef || null,
    disks,
    injectedFiles: server.personality ?? [],
    flavorId: server.flavorRef,
    networks: requestedNetworks(server.networks),
    keyName: server.key_name ?? null,
    userData: server.user_data ?? null,
    metadata: server.metadata ?? {},
    configDrive: server.config_drive === true,
    availabilityZone: place.zone,
    host: place.host,
    minCount,
    maxCount: server.max_count ?? minCount,
    adminPass: server.adminPass ?? null,
    description: server.description === undefined ? null : server.description,
    tags: [...new Set(server.tags ?? [])],
    hostname: server.hostname ?? null,
    diskConfig: server['OS-DCF:diskConfig'] ?? 'MANUAL',
    accessIpv4: server.accessIPv4 ?? '',
    accessIpv6: server.accessIPv6 ?? '',
    groupId: hints?.group ?? null,
    placement: placementOf(hints),
    returnReservationId: server.return_reservation_id ?? false,
  };
}

function refuseMissingFeatures(server: CreateBody['server']): void {
  if (server.trusted_image_certificates?.length) {
    throw refused('trusted_image_certificates', 'Certificate validation of images is not available.');
  }
  const group = server.security_groups?.find(({ name }) => name !== 'default');
  if (group) throw refused('security_groups', `Security group ${group.name} not found.`);
}

/** `zone`, `zone:host` or `zone:host:node`, or a host in a field of its own; hosts and nodes are the same here. */
function requestedPlace(server: CreateBody['server']): { zone: string; host: ServerRequest['host'] } {
  const [zone = '', ...hosts] = (server.availability_zone ?? '').split(':');
  const forced = [...new Set(hosts.filter((name) => name !== ''))];
  if (hosts.length > 2)
    throw refused('availability_zone', 'Unable to parse it: it is ZONE, ZONE:HOST or ZONE:HOST:NODE.');
  if (forced.length > 1) throw refused('availability_zone', 'Host and node are not the same.');
  const asked = [server.host, server.hypervisor_hostname].filter((name) => name !== undefined);
  if (asked.length === 0) {
    const [name] = forced;
    return { zone, host: name === undefined ? null : { name, field: 'availability_zone' } };
  }
  if (forced.length > 0) throw refused('host', 'A host is named in availability_zone already.');
  if (new Set(asked).size > 1) throw refused('hypervisor_hostname', 'It is not of that host.');
  return { zone, host: { name: asked[0] ?? '', field: server.host === undefined ? 'hypervisor_hostname' : 'host' } };
}

/** An empty list means what no list means: the default network. */
function requestedNetworks(networks: CreateBody['server']['networks']): RequestedNetworks {
  if (networks === undefined || typeof networks === 'string') return networks ?? null;
  if (networks.length === 0) return null;
  return networks.map(({ uuid, port, fixed_ip, tag }) => ({
    ...(uuid !== undefined && { uuid }),
    ...(port && { port }),
    ...(fixed_ip !== undefined && { fixed_ip }),
    ...(tag !== undefined && { tag }),
  }));
}

function refused(field: string, why: string): UserError {
  return new UserError('bad_request', `Invalid input for field/attribute server.${field}. ${why}`, {
    field: `server.${field}`,
  });
}
