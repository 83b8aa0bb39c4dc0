import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type DiskBus, diskBusSchema } from '../contract/machine.ts';
import type { Microversion } from '../http/microversion.ts';
import type { AskedDisk } from './block-devices.ts';
import { booleanField, integerField, tagField } from './request-field.schema.ts';

/** `block_device_mapping_v2` and what came before it: their form, and what of it is an asked disk. */

const deviceName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9._/-]*$/);
const word = z.string().max(255).nullable().optional();
/** Fields of both kinds. */
const FIELDS = {
  volume_id: z.string().max(255).nullable().optional(),
  snapshot_id: z.string().max(255).nullable().optional(),
  volume_size: integerField(1).nullable().optional(),
  /** Checked and not followed, as by Nova's libvirt driver: a guest's own rules name its disks. */
  device_name: deviceName.nullable().optional(),
  /** Checked too: a disk on a machine's host goes with the machine. */
  delete_on_termination: booleanField.optional(),
  no_device: z.unknown().optional(),
  connection_info: z.string().max(0xffff).nullable().optional(),
};

const firstDevice = z.strictObject({ ...FIELDS, virtual_name: z.string().max(255).optional() });
const deviceFields = {
  ...FIELDS,
  virtual_name: z.string().max(255).optional(),
  boot_index: z.union([z.number().int(), z.string().regex(/^-?[0-9]+$/), z.null()]).optional(),
  uuid: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[a-zA-Z0-9._-]*$/)
    .optional(),
  image_id: z.string().max(255).optional(),
  source_type: z.enum(['volume', 'image', 'snapshot', 'blank']).optional(),
  destination_type: z.enum(['local', 'volume']).optional(),
  guest_format: word,
  device_type: word,
  disk_bus: word,
};
const laterFields = { tag: tagField.optional(), volume_type: word };
const anyDevice = z.strictObject({ ...deviceFields, ...laterFields });
type FirstDevice = z.infer<typeof firstDevice>;
type Device = z.infer<typeof anyDevice>;

export interface DeviceFields {
  block_device_mapping?: FirstDevice[] | undefined;
  block_device_mapping_v2?: Device[] | undefined;
}

/** More than any machine has places for. */
const MOST_DEVICES = 64;

/** As Nova, which had tags in 2.32, lost them, and has them again since 2.42. */
export function blockDeviceFields(version: Microversion) {
  const { tag, volume_type } = laterFields;
  const device = z.strictObject({
    ...deviceFields,
    ...((version === 32 || version >= 42) && { tag }),
    ...(version >= 67 && { volume_type }),
  }) as unknown as typeof anyDevice;
  return {
    block_device_mapping: z.array(firstDevice).max(MOST_DEVICES).optional(),
    block_device_mapping_v2: z.array(device).max(MOST_DEVICES).optional(),
  };
}

/** The disks asked for, in their order; null where no device was named. Refuses what is not on a machine's host. */
export function parseBlockDevices(
  { block_device_mapping: first = [], block_device_mapping_v2: later = [] }: DeviceFields,
  imageRef: string,
): AskedDisk[] | null {
  if (first.length > 0 && later.length > 0) {
    const why = 'Using different block_device_mapping syntaxes is not allowed in the same request.';
    throw new UserError('bad_request', why, { field: 'server.block_device_mapping' });
  }
  if (first.length > 0) return firstDisks(first, imageRef);
  if (later.length === 0) return null;
  return later.flatMap((device, index) => laterDisk(device, `block_device_mapping_v2.${index}`, imageRef));
}

const FIRST_NAME = /^(?:swap|ephemeral(?:0|[1-9][0-9]*))$/;

/** The image is the first disk then; what is named comes beside it. */
function firstDisks(devices: FirstDevice[], imageRef: string): AskedDisk[] {
  const disks = devices.flatMap((device, index): AskedDisk[] => {
    const path = `block_device_mapping.${index}`;
    const name = device.virtual_name ?? '';
    if (FIRST_NAME.test(name)) return [{ ...PLAIN, ...blank(device, name === 'swap' ? 'swap' : 'ephemeral') }];
    if (device.snapshot_id) throw noVolumes(`${path}.snapshot_id`);
    if (device.volume_id) throw noVolumes(`${path}.volume_id`);
    // There is none anyway.
    if (device.no_device) return [];
    throw invalid(path, 'Unrecognized legacy format.');
  });
  return imageRef === '' ? disks : [{ ...PLAIN, role: 'image', bootIndex: 0 }, ...disks];
}

const PLAIN = { sizeMib: null, bus: null, tag: null, bootIndex: null };

function laterDisk(device: Device, path: string, imageRef: string): AskedDisk[] {
  if (device.no_device) return [];
  const { source_type: source, uuid } = device;
  if (source === undefined) throw invalid(`${path}.source_type`, 'Some required fields are missing');
  if (source === 'volume' || source === 'snapshot') throw noVolumes(`${path}.source_type`);
  if (source === 'blank' && uuid !== undefined) throw invalid(`${path}.uuid`, 'Invalid device UUID.');
  if (source === 'image' && uuid === undefined) throw invalid(`${path}.uuid`, 'Missing device UUID.');
  if (device.destination_type === 'volume') throw noVolumes(`${path}.destination_type`);
  if (device.volume_type) {
    throw invalid(`${path}.volume_type`, 'Specifying a volume_type with destination_type=local is not supported.');
  }
  const bootIndex = Number(device.boot_index ?? -1);
  const plain = {
    bus: busOf(device.disk_bus, path),
    tag: device.tag ?? null,
    bootIndex: bootIndex < 0 ? null : bootIndex,
  };
  if (source === 'blank') return [{ ...blank(device, formatOf(device, path)), ...plain }];
  if (imageRef === '' || bootIndex !== 0) throw invalid(`${path}.uuid`, 'Mapping image to local is not supported.');
  if (uuid !== imageRef) throw refused(`${path}.uuid`, 'It is another image than imageRef.');
  if (device.guest_format) throw refused(`${path}.guest_format`, 'An image brings its own.');
  typeOf(device, path, ['disk', 'cdrom']);
  // How large it is says the flavor.
  return [{ ...plain, role: 'image', sizeMib: null }];
}

function blank({ volume_size: size }: Pick<Device, 'volume_size'>, role: 'ephemeral' | 'swap') {
  // Of swap in MiB, as in flavors.
  const unit = role === 'swap' ? 1 : 1024;
  return { role, sizeMib: size ? size * unit : null };
}

function formatOf(device: Device, path: string): 'ephemeral' | 'swap' {
  typeOf(device, path, ['disk']);
  const { guest_format: format } = device;
  if (format === 'swap') return 'swap';
  if (!format || format === 'ephemeral') return 'ephemeral';
  throw refused(`${path}.guest_format`, 'Only ephemeral and swap are available: its guest formats a disk.');
}

function typeOf({ device_type: type }: Device, path: string, known: readonly string[]): void {
  if (!type || known.includes(type)) return;
  throw refused(`${path}.device_type`, `Only ${known.join(' and ')} ${known.length > 1 ? 'are' : 'is'} available.`);
}

function busOf(asked: string | null | undefined, path: string): DiskBus | null {
  if (!asked) return null;
  const bus = diskBusSchema.options.find((known) => known === asked);
  if (bus !== undefined) return bus;
  const message = `Block Device Mapping is invalid: The provided disk bus ${asked} is not valid.`;
  throw new UserError('bad_request', message, {
    field: `server.${path}.disk_bus`,
    hint: `Use one of: ${diskBusSchema.options.join(', ')}.`,
  });
}

function invalid(field: string, why: string): UserError {
  return new UserError('bad_request', `Block Device Mapping is Invalid: ${why}`, { field: `server.${field}` });
}

function noVolumes(field: string): UserError {
  return refused(field, 'There are no volumes yet: only disks on the host of a machine are available.');
}

function refused(field: string, why: string): UserError {
  return new UserError('bad_request', `Invalid input for field/attribute server.${field}. ${why}`, {
    field: `server.${field}`,
  });
}
