import type { ConsoleType } from '../../../app/contract/console.ts';
import type { MachinePort, MachineSpec } from '../../../app/contract/machine.ts';
import type {
  HardwareCard,
  HardwareDevice,
  HardwareDisk,
  MachineHardware,
} from '../../../app/contract/machine-hardware.ts';
import type { Hardware } from './hardware-choice.ts';
import type { Address, MachineDevices } from './machine-devices.ts';
import { boardSlots } from './placement.ts';

/** What a machine is, as it is written down. */
export interface WrittenDown {
  spec: MachineSpec;
  hardware: Hardware;
  devices: MachineDevices;
}

/** Bytes of a disk: what a guest sees, and what it takes. */
export type DiskSizes = Pick<HardwareDisk, 'sizeBytes' | 'usedBytes'>;

/** What the process of a machine has; null while it is off. */
export interface RunningDevices {
  /** Their ids in the record. */
  disks: ReadonlySet<string>;
  /** The ports that it has cards of. */
  ports: readonly MachinePort[];
}

/** `running`: null while it is off, when nothing waits for a start that every change is for. */
export function hardwareView(
  machine: WrittenDown,
  {
    accelerator,
    sizes,
    running,
    consoles,
  }: {
    accelerator: string | null;
    sizes: ReadonlyMap<string, DiskSizes>;
    running: RunningDevices | null;
    consoles: ConsoleType[];
  },
): MachineHardware {
  const { spec, hardware } = machine;
  return {
    ...{ machineType: hardware.machineType, firmware: spec.firmware, accelerator },
    ...{ vcpus: spec.vcpus, memoryMib: spec.memoryMib },
    disks: disksOf(machine, sizes, running),
    cards: cardsOf(machine, running),
    devices: boardOf(hardware),
    consoles,
  };
}

function disksOf({ devices }: WrittenDown, sizes: ReadonlyMap<string, DiskSizes>, running: RunningDevices | null) {
  const written = devices.disks.map(({ id, role, source, bus, serial, bootIndex, address }): HardwareDisk => {
    const image = source.kind === 'image' ? source.image : null;
    return {
      ...{ id, role, bus, serial, bootIndex, address: guestAddress(address) },
      ...(sizes.get(id) ?? { sizeBytes: null, usedBytes: null }),
      ...{ imageId: image?.id ?? null, imageBytes: image?.size ?? null },
      pending: running === null || running.disks.has(id) ? null : 'comes',
    };
  });
  const known = new Set(devices.disks.map(({ id }) => id));
  const leaving = [...(running?.disks ?? [])].filter((id) => !known.has(id));
  return [...written, ...leaving.map(leavingDisk)];
}

/** Of which the record says nothing any more. */
function leavingDisk(id: string): HardwareDisk {
  return {
    ...{ id, role: 'other', bus: '', sizeBytes: null, usedBytes: null, address: null },
    ...{ imageId: null, imageBytes: null, serial: null, bootIndex: null, pending: 'leaves' },
  };
}

function cardsOf({ spec, devices }: WrittenDown, running: RunningDevices | null): HardwareCard[] {
  const has = (ports: readonly MachinePort[], port: string) => ports.find(({ id }) => id === port);
  return devices.nics.flatMap(({ id, port: portId, model, address }): HardwareCard[] => {
    const [written, plugged] = [has(spec.ports, portId), has(running?.ports ?? [], portId)];
    const port = written ?? plugged;
    if (!port) return [];
    return [
      {
        ...{ id, portId, mac: port.mac, model, address: guestAddress(address), networkId: port.networkId },
        ipAddresses: port.fixedIps.map(({ ipAddress }) => ipAddress),
        pending: running === null || (written && plugged) ? null : written ? 'comes' : 'leaves',
      },
    ];
  });
}

/** What every machine of its kind has; those that have none of a kind do not list it. */
function boardOf(hardware: Hardware): HardwareDevice[] {
  const { video, usb, random, balloon } = boardSlots(hardware);
  const device = (kind: string, model: string, slot: number | null): HardwareDevice[] =>
    slot === null ? [] : [{ kind, model, address: guestAddress({ at: 'pci', slot }), pending: null }];
  return [
    ...device('video', hardware.videoModel, video),
    { kind: 'pointer', model: hardware.pointerModel, address: null, pending: null },
    ...device('usb', 'qemu-xhci', usb),
    ...device('random', 'virtio-rng-pci', random),
    ...device('balloon', 'virtio-balloon-pci', balloon),
  ];
}

/** As Linux writes it: a function of a PCI slot, a target of a SCSI bus, a place of a channel, a port. */
export function guestAddress(address: Address): string {
  switch (address.at) {
    case 'pci':
      return `0000:00:${address.slot.toString(16).padStart(2, '0')}.0`;
    case 'scsi':
      return `0:0:${address.unit}:0`;
    case 'ide':
      return `${address.channel}:${address.unit}`;
    case 'sata':
      return String(address.port);
    case 'usb':
      return address.port;
  }
}
