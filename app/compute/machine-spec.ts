import { UserError } from '../contract/errors.ts';
import type { MachineImage, MachinePort, MachineSpec } from '../contract/machine.ts';
import type { MachineRescue } from '../contract/machine-orders.ts';
import { machineDisks } from './block-devices.ts';
import type { LaunchImage } from './collaborators.ts';
import { askedHardware } from './hardware/asked-hardware.ts';
import { hostWishes } from './hardware/eligible-hosts.ts';
import type { AskedHardware } from './hardware/hardware-wish.ts';
import type { ServerRecord } from './server.tables.ts';
import type { EmbeddedFlavor } from './server.values.ts';

const DISK_FORMATS = ['qcow2', 'raw', 'iso'] as const;
const FIRMWARES = ['bios', 'uefi'] as const;

function diskFormatOf(image: LaunchImage): MachineImage['diskFormat'] {
  const format = DISK_FORMATS.find((name) => name === image.diskFormat);
  if (!format) {
    throw new UserError('image_unusable', `Image ${image.id} has the disk format ${image.diskFormat}.`, {
      hint: `Machines start from ${DISK_FORMATS.join(', ')}: convert the image and upload it again.`,
    });
  }
  return format;
}

/** Nova's `hw_firmware_type`; BIOS where the image says nothing. */
function firmwareOf(image: LaunchImage | null): MachineSpec['firmware'] {
  return oneOf(FIRMWARES, 'hw_firmware_type', image?.properties.hw_firmware_type ?? 'bios');
}

/**
 * Capabilities and traits a host must report to run a machine of that flavor from the image, or from an empty disk, and what
 * asks for them; see `HostFacts.capabilities`. Refuses what no host could do: 400.
 */
export function requirementsOf(
  flavor: EmbeddedFlavor,
  image: LaunchImage | null,
): Pick<AskedHardware, 'requirements' | 'askedBy'> {
  const wish = { flavor, properties: image?.properties ?? {} };
  const { requirements, askedBy } = askedHardware(wish);
  hostWishes(wish);
  const format = image === null ? 'qcow2' : diskFormatOf(image);
  const own = [`disk-format:${format}`, `firmware:${firmwareOf(image)}`];
  return { requirements: [...new Set([...own, ...requirements])], askedBy };
}

/** The same to tell a guest without a config drive its name and its keys. */
export function requirementsOfGuest(server: Pick<ServerRecord, 'configDrive'>): string[] {
  return server.configDrive ? [] : ['metadata:service'];
}

/** As in Nova: the image may ask for it, or the operator, for all. */
export function needsConfigDrive(image: LaunchImage): boolean {
  return image.properties.img_config_drive === 'mandatory';
}

/** What the scheduler counts, GiB: a root disk of 0 has the image's own size (bytes). */
export function claimedGib(flavor: { disk: number; ephemeral: number; swap: number }, virtualSize: number): number {
  const root = flavor.disk > 0 ? flavor.disk : Math.ceil(virtualSize / 1024 ** 3);
  return root + flavor.ephemeral + Math.ceil(flavor.swap / 1024);
}

/** Everything the host needs to make the machine; `configDrive` as `ServerGuests` has it. */
export function machineSpec(
  server: ServerRecord,
  image: LaunchImage | null,
  ports: MachinePort[],
  configDrive: MachineSpec['configDrive'],
): MachineSpec {
  return {
    id: server.id,
    name: server.name,
    vcpus: server.flavor.vcpus,
    memoryMib: server.flavor.ram,
    ...machineDisks(server.blockDevices, server.flavor, server.imageId !== null),
    image: image && machineImage(image),
    firmware: firmwareOf(image),
    hardware: askedHardware({ flavor: server.flavor, properties: image?.properties ?? {} }).hardware,
    ports,
    configDrive,
  };
}

function machineImage(image: LaunchImage): MachineImage {
  const { id, size, sha512, virtualSize } = image;
  return { id, diskFormat: diskFormatOf(image), size, sha512, virtualSize };
}

const RESCUE_DEVICES = ['disk', 'cdrom'] as const;
const RESCUE_BUSES = ['virtio', 'scsi', 'ide', 'sata', 'usb'] as const;

/**
 * What the host needs to start the machine from that image. As in Nova, all of its disks stay in their places where a
 * property of the image says how that is attached. An installation medium is a drive anyway.
 */
export function machineRescue(image: LaunchImage, configDrive: MachineSpec['configDrive']): MachineRescue {
  const { hw_rescue_device: device, hw_rescue_bus: bus } = image.properties;
  const usual = image.diskFormat === 'iso' ? 'cdrom' : 'disk';
  return {
    image: machineImage(image),
    device: device === undefined ? usual : oneOf(RESCUE_DEVICES, 'hw_rescue_device', device),
    bus: bus === undefined ? null : oneOf(RESCUE_BUSES, 'hw_rescue_bus', bus),
    isStable: device !== undefined || bus !== undefined,
    configDrive,
  };
}

/** The value of a property of an image. */
function oneOf<T extends string>(known: readonly T[], property: string, asked: string): T {
  const found = known.find((name) => name === asked);
  if (found !== undefined) return found;
  throw new UserError('bad_request', `The image property ${property} has the value ${JSON.stringify(asked)}.`, {
    field: property,
    hint: `Use one of: ${known.join(', ')}.`,
  });
}
