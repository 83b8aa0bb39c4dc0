import { UserError } from '../contract/errors.ts';
import type { MachineImage, MachinePort, MachineSpec } from '../contract/machine.ts';
import type { LaunchImage } from './collaborators.ts';
import type { ServerRecord } from './server.tables.ts';

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
function firmwareOf(image: LaunchImage): MachineSpec['firmware'] {
  const asked = image.properties.hw_firmware_type ?? 'bios';
  const firmware = FIRMWARES.find((name) => name === asked);
  if (firmware) return firmware;
  throw new UserError('bad_request', `The image property hw_firmware_type has the value ${JSON.stringify(asked)}.`, {
    field: 'hw_firmware_type',
    hint: `Use one of: ${FIRMWARES.join(', ')}.`,
  });
}

/** Capabilities a host must report to run the image; see `HostFacts.capabilities`. */
export function requirementsOf(image: LaunchImage): string[] {
  return [`disk-format:${diskFormatOf(image)}`, `firmware:${firmwareOf(image)}`];
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
  image: LaunchImage,
  ports: MachinePort[],
  configDrive: MachineSpec['configDrive'],
): MachineSpec {
  const hardware = Object.entries(image.properties).filter(([name]) => /^(hw|os)_/.test(name));
  return {
    id: server.id,
    name: server.name,
    vcpus: server.flavor.vcpus,
    memoryMib: server.flavor.ram,
    rootDiskGib: server.flavor.disk,
    ephemeralDiskGib: server.flavor.ephemeral,
    swapMib: server.flavor.swap,
    image: {
      id: image.id,
      diskFormat: diskFormatOf(image),
      size: image.size,
      sha512: image.sha512,
      virtualSize: image.virtualSize,
    },
    firmware: firmwareOf(image),
    hardware: Object.fromEntries(hardware),
    ports,
    configDrive,
  };
}
