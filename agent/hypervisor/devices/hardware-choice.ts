import { z } from 'zod';
import { OperationalError } from '../../../app/contract/errors.ts';
import { readFlag } from '../../../app/contract/image-flag.ts';
import { type DiskBus, diskBusSchema, type MachineSpec } from '../../../app/contract/machine.ts';
import { chooseExtras, hardwareExtrasSchema, unknownValue } from './hardware-extras.ts';
import { machineNicSchema } from './machine-devices.ts';

/** Of a machine, chosen once when it is made. Every value is one of a closed list: it becomes an option of QEMU. */
export const hardwareSchema = hardwareExtrasSchema.extend({
  /** A versioned type such as `pc-i440fx-7.2`: the guest meets the same board at every later start. */
  machineType: z.string(),
  chipset: z.enum(['pc', 'q35']),
  diskBus: diskBusSchema,
  cdromBus: diskBusSchema,
  networkModel: machineNicSchema.shape.model,
  videoModel: z.enum(['VGA', 'virtio-vga', 'qxl-vga', 'cirrus-vga', 'vmware-svga', 'bochs-display', 'none']),
  pointerModel: z.enum(['usb-tablet', 'virtio-tablet', 'ps2']),
  hasRandomSource: z.boolean(),
  /** A port to the guest agent; machines of earlier versions have none. */
  hasGuestAgent: z.boolean().default(false),
});
export type Hardware = z.infer<typeof hardwareSchema>;

/** A QEMU that has the card was built with SPICE, whose card it is. */
export function hasSpice({ videoModel }: Pick<Hardware, 'videoModel'>): boolean {
  return videoModel === 'qxl-vga';
}

/** Image property values (Glance's "useful image properties") and the QEMU device each stands for. */
const DISK_BUSES: ReadonlyMap<string, DiskBus> = new Map([
  ['virtio', 'virtio'],
  ['scsi', 'scsi'],
  ['ide', 'ide'],
  ['sata', 'sata'],
  ['usb', 'usb'],
]);
const NETWORK_MODELS: ReadonlyMap<string, Hardware['networkModel']> = new Map([
  ['virtio', 'virtio-net-pci'],
  ['e1000', 'e1000'],
  ['e1000e', 'e1000e'],
  ['rtl8139', 'rtl8139'],
  ['ne2k_pci', 'ne2k_pci'],
  ['pcnet', 'pcnet'],
  ['vmxnet3', 'vmxnet3'],
]);
const VIDEO_MODELS: ReadonlyMap<string, Hardware['videoModel']> = new Map([
  ['vga', 'VGA'],
  ['virtio', 'virtio-vga'],
  ['qxl', 'qxl-vga'],
  ['cirrus', 'cirrus-vga'],
  ['vmvga', 'vmware-svga'],
  ['bochs', 'bochs-display'],
  ['none', 'none'],
]);
const POINTER_MODELS: ReadonlyMap<string, Hardware['pointerModel']> = new Map([
  ['usbtablet', 'usb-tablet'],
  ['ps2mouse', 'ps2'],
]);

const Q35 = /^(pc-)?q35(-[0-9.]+)?$/;
const I440FX = /^(pc|pc-i440fx-[0-9.]+)$/;

/** `canBeSecure`: the host has a firmware that starts only what is signed. */
export function chooseHardware(
  spec: MachineSpec,
  machineTypes: ReadonlyMap<string, string>,
  canBeSecure = false,
): Hardware {
  const asked = spec.hardware.hw_machine_type ?? 'pc';
  const isQ35 = Q35.test(asked);
  if (!isQ35 && !I440FX.test(asked)) throw unknownValue('hw_machine_type', asked, ['pc', 'q35']);
  const machineType = machineTypes.get(asked);
  if (machineType === undefined) {
    throw new OperationalError('hypervisor_failed', 'hypervisor', `This host's QEMU has no machine type ${asked}.`, {
      hint: 'Set the image property hw_machine_type to pc or q35, or remove it.',
    });
  }
  const diskBus = choose(spec, 'hw_disk_bus', DISK_BUSES, 'virtio');
  return {
    machineType,
    chipset: isQ35 ? 'q35' : 'pc',
    diskBus: onBoard('hw_disk_bus', diskBus, isQ35),
    // Small kernels often lack AHCI, the only built-in controller of a q35 board, but always have virtio.
    cdromBus: onBoard('hw_cdrom_bus', choose(spec, 'hw_cdrom_bus', DISK_BUSES, isQ35 ? 'scsi' : 'ide'), isQ35),
    networkModel: choose(spec, 'hw_vif_model', NETWORK_MODELS, 'virtio-net-pci'),
    videoModel: choose(spec, 'hw_video_model', VIDEO_MODELS, 'VGA'),
    pointerModel: pointerOf(spec),
    hasRandomSource: hasRandom(spec),
    ...chooseExtras(spec, canBeSecure),
    // Also where the image says nothing: to a guest without the agent it is one unused device, and whoever installs the
    // agent later need not make the machine anew.
    hasGuestAgent: yesOrNo(spec, 'hw_qemu_guest_agent', true),
  };
}

const INPUT_BUSES: ReadonlyMap<string, Hardware['pointerModel']> = new Map([
  ['usb', 'usb-tablet'],
  ['virtio', 'virtio-tablet'],
]);
const RANDOM_SOURCES: ReadonlyMap<string, boolean> = new Map([
  ['virtio', true],
  ['none', false],
]);

/** Whether it is fed random numbers by its host. */
export function hasRandom(spec: MachineSpec): boolean {
  return choose(spec, 'hw_rng_model', RANDOM_SOURCES, true);
}

/** A tablet is on the bus that is asked for. */
function pointerOf(spec: MachineSpec): Hardware['pointerModel'] {
  const model = choose(spec, 'hw_pointer_model', POINTER_MODELS, 'usb-tablet');
  return model === 'usb-tablet' ? choose(spec, 'hw_input_bus', INPUT_BUSES, model) : model;
}

function choose<T>(spec: MachineSpec, property: string, values: ReadonlyMap<string, T>, fallback: T): T {
  const asked = spec.hardware[property];
  if (asked === undefined) return fallback;
  const value = values.get(asked);
  if (value === undefined) throw unknownValue(property, asked, [...values.keys()]);
  return value;
}

function yesOrNo(spec: MachineSpec, property: string, fallback: boolean): boolean {
  const asked = spec.hardware[property];
  if (asked === undefined) return fallback;
  const value = readFlag(asked);
  if (value === null) throw unknownValue(property, asked, ['yes', 'no']);
  return value;
}

/** A q35 board has no IDE controller; AHCI takes its place. The pc board gets an AHCI controller when asked for. */
function onBoard(property: string, bus: DiskBus, isQ35: boolean): DiskBus {
  if (!isQ35 || bus !== 'ide') return bus;
  throw unknownValue(property, 'ide (on machine type q35)', ['virtio', 'scsi', 'sata', 'usb']);
}
