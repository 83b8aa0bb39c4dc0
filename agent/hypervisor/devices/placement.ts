import { UserError } from '../../../app/contract/errors.ts';
import type { MachinePort, MachineSpec } from '../../../app/contract/machine.ts';
import type { Hardware } from './hardware-choice.ts';
import type { Address, DiskBus, MachineDevices, MachineDisk } from './machine-devices.ts';

/** PCI slots that the chipset itself has. */
const CHIPSET_SLOTS = { pc: [0, 1], q35: [0, 31] };
const PCI_SLOTS = 32;
/** Two channels with two places each. */
const IDE_PLACES = 4;
const SATA_PORTS = 6;
/** Ids of virtio-scsi's one target bus. */
const SCSI_UNITS = 256;
/** QEMU's xHCI has four unless told otherwise. The last leads to a hub, as QEMU itself makes one for the fourth device. */
export const USB_HUB_PORT = '4';
const USB_PORTS = ['1', '2', '3', ...[1, 2, 3, 4, 5, 6, 7].map((port) => `${USB_HUB_PORT}.${port}`)];
/** Where a board has its pointer. */
export const USB_POINTER_PORT = '1';

const NONE: MachineDevices = { controllers: [], disks: [], nics: [] };

/** The devices of a machine as it is made. The same machine has always had the same: nothing here may come out otherwise. */
export function placeMachine(hardware: Hardware, spec: MachineSpec, hasConfigDrive: boolean): MachineDevices {
  const disks = disksOf(spec, hasConfigDrive).reduce((devices, disk) => placeDisk(hardware, devices, disk), NONE);
  return placeNics(hardware, disks, spec.ports);
}

export const DISK_FILES = {
  root: 'root.qcow2',
  cdrom: null,
  ephemeral: 'ephemeral.qcow2',
  swap: 'swap.raw',
  'config-drive': 'config-drive.iso',
  rescue: 'rescue.qcow2',
};

type Unplaced = Omit<MachineDisk, 'bus' | 'address'>;

function disksOf(spec: MachineSpec, hasConfigDrive: boolean): Unplaced[] {
  const { image } = spec;
  const isMedium = image.diskFormat === 'iso';
  const disks: Unplaced[] = [];
  const add = (role: MachineDisk['role'], source: MachineDisk['source'], bootIndex: number | null = null) =>
    disks.push({ id: role, role, source, file: DISK_FILES[role], bootIndex, serial: null });
  if (!isMedium) add('root', { kind: 'image', image }, 1);
  else if (spec.rootDiskGib > 0) add('root', { kind: 'blank' }, 1);
  // A blank disk does not boot, so an installation medium gets its turn until something is installed.
  if (isMedium) add('cdrom', { kind: 'image', image }, disks.length + 1);
  if (spec.ephemeralDiskGib > 0) add('ephemeral', { kind: 'blank' });
  if (spec.swapMib > 0) add('swap', { kind: 'blank' });
  if (hasConfigDrive) add('config-drive', { kind: 'config-drive' });
  return disks;
}

/** With one disk more, in the first free place of its bus: the board's for its kind, where none is named. */
export function placeDisk(
  hardware: Hardware,
  devices: MachineDevices,
  disk: Unplaced,
  bus = isMedium(disk) ? hardware.cdromBus : hardware.diskBus,
): MachineDevices {
  const placed = placeOn(bus, hardware, devices);
  return { ...devices, controllers: placed.controllers, disks: [...devices.disks, { ...disk, ...placed.at }] };
}

/** Whether the guest sees a drive with a medium in it, and no disk. */
export function isMedium({ role }: Pick<MachineDisk, 'role'>): boolean {
  return role === 'cdrom' || role === 'config-drive';
}

/** With a card for each of the ports and no others; cards that are there stay where they are. */
export function placeNics(hardware: Hardware, devices: MachineDevices, ports: readonly MachinePort[]): MachineDevices {
  let nics = devices.nics.filter(({ port }) => ports.some(({ id }) => id === port));
  for (const { id: port } of ports) {
    if (nics.some((nic) => nic.port === port)) continue;
    const slot = freeSlot(hardware, { ...devices, nics });
    const id = `nic${firstFree(nics.map((nic) => Number(nic.id.slice('nic'.length))))}`;
    nics = [...nics, { id, port, model: hardware.networkModel, address: { at: 'pci', slot } }];
  }
  return { ...devices, nics };
}

/** The PCI slots of what every board has, in the order in which they have always been given out; null for none. */
export function boardSlots(hardware: Hardware): Record<'video' | 'usb' | 'random' | 'balloon', number | null> {
  let last = Math.max(...CHIPSET_SLOTS[hardware.chipset].filter((slot) => slot < PCI_SLOTS - 1));
  const next = (isThere: boolean) => (isThere ? ++last : null);
  return {
    video: next(hardware.videoModel !== 'none'),
    usb: next([hardware.diskBus, hardware.cdromBus].includes('usb') || hardware.pointerModel === 'usb-tablet'),
    random: next(hardware.hasRandomSource),
    balloon: next(true),
  };
}

interface Placed {
  controllers: MachineDevices['controllers'];
  at: { bus: DiskBus; address: Address };
}

function placeOn(bus: DiskBus, hardware: Hardware, devices: MachineDevices): Placed {
  const { controllers, disks } = devices;
  const at = (address: Address): Placed => ({ controllers, at: { bus, address } });
  const withController = (own: 'scsi' | 'sata', address: Address): Placed =>
    controllers.some((controller) => controller.bus === own)
      ? at(address)
      : { ...at(address), controllers: [...controllers, { bus: own, slot: freeSlot(hardware, devices) }] };
  const taken = disks.flatMap(({ address }) => (address.at === bus ? [placeNumber(address)] : []));
  switch (bus) {
    case 'virtio':
      return at({ at: 'pci', slot: freeSlot(hardware, devices) });
    case 'scsi':
      return withController('scsi', { at: 'scsi', unit: free(bus, taken, SCSI_UNITS) });
    case 'ide': {
      const number = firstFree(taken);
      // What comes after finds room on an AHCI controller.
      if (number >= IDE_PLACES) return placeOn('sata', hardware, devices);
      return at({ at: 'ide', channel: number >> 1, unit: number & 1 });
    }
    case 'sata': {
      const address: Address = { at: 'sata', port: free(bus, taken, SATA_PORTS) };
      // A q35 board has this controller built in.
      return hardware.chipset === 'q35' ? at(address) : withController('sata', address);
    }
    case 'usb': {
      const pointer = hardware.pointerModel === 'usb-tablet' ? [USB_PORTS.indexOf(USB_POINTER_PORT)] : [];
      const port = USB_PORTS[free(bus, [...pointer, ...taken], USB_PORTS.length)] ?? '';
      return at({ at: 'usb', port });
    }
  }
}

function placeNumber(address: Address): number {
  switch (address.at) {
    case 'pci':
      return address.slot;
    case 'scsi':
      return address.unit;
    case 'ide':
      return address.channel * 2 + address.unit;
    case 'sata':
      return address.port;
    case 'usb':
      return USB_PORTS.indexOf(address.port);
  }
}

function freeSlot(hardware: Hardware, { controllers, disks, nics }: MachineDevices): number {
  const placed = [...disks, ...nics].flatMap(({ address }) => (address.at === 'pci' ? [address.slot] : []));
  const board = Object.values(boardSlots(hardware)).filter((slot) => slot !== null);
  const taken = [...CHIPSET_SLOTS[hardware.chipset], ...board, ...controllers.map(({ slot }) => slot), ...placed];
  return free('pci', taken, PCI_SLOTS);
}

function free(bus: string, taken: readonly number[], places: number): number {
  const number = firstFree(taken);
  if (number < places) return number;
  throw new UserError('bad_request', `The machine has more devices than its ${bus} bus has places.`, {
    field: 'hardware',
    hint: 'Choose another bus with the image property hw_disk_bus or hw_cdrom_bus, or fewer devices.',
  });
}

function firstFree(taken: readonly number[]): number {
  let number = 0;
  while (taken.includes(number)) number += 1;
  return number;
}
