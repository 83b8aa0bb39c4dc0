import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';

/** Devices of a machine, chosen once when it is made. Every value is one of a closed list: it becomes a QEMU option. */
export interface Hardware {
  /** A versioned type such as `pc-i440fx-7.2`: the guest meets the same board at every later start. */
  machineType: string;
  chipset: 'pc' | 'q35';
  diskBus: DiskBus;
  cdromBus: DiskBus;
  networkModel: NetworkModel;
  videoModel: VideoModel;
  pointerModel: PointerModel;
  hasRandomSource: boolean;
}

export type DiskBus = 'virtio' | 'scsi' | 'ide' | 'sata' | 'usb';
export type NetworkModel = 'virtio-net-pci' | 'e1000' | 'e1000e' | 'rtl8139' | 'ne2k_pci' | 'pcnet' | 'vmxnet3';
export type VideoModel = 'VGA' | 'virtio-vga' | 'qxl-vga' | 'cirrus-vga' | 'vmware-svga' | 'bochs-display' | 'none';
export type PointerModel = 'usb-tablet' | 'ps2';

/** Image property values (Glance's "useful image properties") and the QEMU device each stands for. */
const DISK_BUSES: ReadonlyMap<string, DiskBus> = new Map([
  ['virtio', 'virtio'],
  ['scsi', 'scsi'],
  ['ide', 'ide'],
  ['sata', 'sata'],
  ['usb', 'usb'],
]);
const NETWORK_MODELS: ReadonlyMap<string, NetworkModel> = new Map([
  ['virtio', 'virtio-net-pci'],
  ['e1000', 'e1000'],
  ['e1000e', 'e1000e'],
  ['rtl8139', 'rtl8139'],
  ['ne2k_pci', 'ne2k_pci'],
  ['pcnet', 'pcnet'],
  ['vmxnet3', 'vmxnet3'],
]);
const VIDEO_MODELS: ReadonlyMap<string, VideoModel> = new Map([
  ['vga', 'VGA'],
  ['virtio', 'virtio-vga'],
  ['qxl', 'qxl-vga'],
  ['cirrus', 'cirrus-vga'],
  ['vmvga', 'vmware-svga'],
  ['bochs', 'bochs-display'],
  ['none', 'none'],
]);
const POINTER_MODELS: ReadonlyMap<string, PointerModel> = new Map([
  ['usbtablet', 'usb-tablet'],
  ['ps2mouse', 'ps2'],
]);

const Q35 = /^(pc-)?q35(-[0-9.]+)?$/;
const I440FX = /^(pc|pc-i440fx-[0-9.]+)$/;

export function chooseHardware(spec: MachineSpec, machineTypes: ReadonlyMap<string, string>): Hardware {
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
    pointerModel: choose(spec, 'hw_pointer_model', POINTER_MODELS, 'usb-tablet'),
    hasRandomSource: choose(spec, 'hw_rng_model', RANDOM_SOURCES, true),
  };
}

const RANDOM_SOURCES: ReadonlyMap<string, boolean> = new Map([
  ['virtio', true],
  ['none', false],
]);

function choose<T>(spec: MachineSpec, property: string, values: ReadonlyMap<string, T>, fallback: T): T {
  const asked = spec.hardware[property];
  if (asked === undefined) return fallback;
  const value = values.get(asked);
  if (value === undefined) throw unknownValue(property, asked, [...values.keys()]);
  return value;
}

/** A q35 board has no IDE controller; AHCI takes its place. The pc board gets an AHCI controller when asked for. */
function onBoard(property: string, bus: DiskBus, isQ35: boolean): DiskBus {
  if (!isQ35 || bus !== 'ide') return bus;
  throw unknownValue(property, 'ide (on machine type q35)', ['virtio', 'scsi', 'sata', 'usb']);
}

function unknownValue(property: string, value: string, known: readonly string[]): UserError {
  return new UserError('bad_request', `The image property ${property} has the value ${JSON.stringify(value)}.`, {
    field: `hardware.${property}`,
    hint: `Use one of: ${known.join(', ')}.`,
  });
}
