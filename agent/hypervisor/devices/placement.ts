import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../../app/contract/errors.ts';
import type { DiskBus, MachinePort, MachineSpec } from '../../../app/contract/machine.ts';
import type { Hardware } from './hardware-choice.ts';
import type { Address, MachineDevices, MachineDisk } from './machine-devices.ts';

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
  const disks = disksOf(spec, hasConfigDrive).reduce(
    (devices, { bus, ...disk }) =>
      placeDisk(hardware, devices, disk, bus === null ? undefined : onBoard(hardware, bus)),
    NONE,
  );
  return placeExtras(hardware, placeNics(hardware, disks, spec.ports));
}

const ENDINGS = {
  root: 'qcow2',
  ephemeral: 'qcow2',
  swap: 'raw',
  'config-drive': 'iso',
  rescue: 'qcow2',
  attached: 'qcow2',
};

/** Its own file as the machine is made; a medium that is only read has none. */
export function fileOfDisk({ id, role }: Pick<MachineDisk, 'id' | 'role'>): string | null {
  return role === 'cdrom' ? null : `${id}.${ENDINGS[role]}`;
}

type Unplaced = Omit<MachineDisk, 'bus' | 'address'>;
/** With the bus that is asked for. */
type Wanted = Unplaced & { bus: DiskBus | null };

function disksOf({ image, rootDiskGib, root, disks: extra }: MachineSpec, hasConfigDrive: boolean): Wanted[] {
  const isMedium = image?.diskFormat === 'iso';
  const disks: Wanted[] = [];
  const add = (disk: Pick<Wanted, 'id' | 'role' | 'source'> & Partial<Wanted>) =>
    disks.push({ ...{ file: fileOfDisk(disk), bootIndex: null, serial: null, bus: null }, ...disk });
  const first = { id: 'root', role: 'root', bootIndex: 1, ...root } as const;
  if (image !== null && !isMedium) add({ ...first, source: { kind: 'image', image } });
  else if (rootDiskGib > 0) add({ ...first, source: { kind: 'blank' } });
  // A blank disk does not boot, so an installation medium gets its turn until something is installed.
  const turn = disks.length + 1;
  if (isMedium) add({ id: 'cdrom', role: 'cdrom', source: { kind: 'image', image }, bootIndex: turn });
  const tried = disks.length;
  for (const { bootIndex, sizeMib: _, ...disk } of extra) {
    add({ ...disk, source: { kind: 'blank' }, bootIndex: bootIndex && tried + bootIndex });
  }
  if (hasConfigDrive) add({ id: 'config-drive', role: 'config-drive', source: { kind: 'config-drive' } });
  return disks;
}

/** That bus; what the board has not got is refused, where `field` asked for it. */
export function onBoard(hardware: Hardware, bus: DiskBus, field = 'disk_bus'): DiskBus {
  const isMissing = bus === 'usb' ? boardSlots(hardware).usb === null : bus === 'ide' && hardware.chipset === 'q35';
  if (!isMissing) return bus;
  throw new UserError('bad_request', `A disk is to be on the bus ${bus}, which the machine's board lacks.`, {
    field,
    hint: `Set ${field} to virtio, scsi or sata.`,
  });
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

/** With the port to the guest agent, behind all that the machine has. */
export function placeGuestAgent(hardware: Hardware, devices: MachineDevices): MachineDevices {
  return hardware.hasGuestAgent ? { ...devices, guestAgentSlot: freeSlot(hardware, devices) } : devices;
}

/** With those disks as the ones that came later, each where it was if that place is free. */
export function withAttached(
  hardware: Hardware,
  devices: MachineDevices,
  attached: readonly MachineDisk[],
): MachineDevices {
  const own = devices.disks.filter(({ role }) => role !== 'attached');
  let placed: MachineDevices = { ...devices, disks: own };
  for (const disk of attached) {
    if (!isFree(hardware, placed, disk)) placed = placeDisk(hardware, placed, disk, disk.bus);
    else placed = { ...placed, disks: [...placed.disks, disk] };
  }
  return placed;
}

function isFree(hardware: Hardware, devices: MachineDevices, { bus, address }: MachineDisk): boolean {
  if (address.at === 'pci') return !takenSlots(hardware, devices).includes(address.slot);
  const hasController = devices.controllers.some((controller) => controller.bus === bus) || hardware.chipset === 'q35';
  const isTaken = devices.disks.some((disk) => isDeepStrictEqual(disk.address, address));
  return !isTaken && (bus === 'usb' || bus === 'ide' || hasController);
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

/**
 * With what its hardware asks for beside, behind all others; what is there already stays where it is. A source of random
 * numbers is among them only where the board was made without one.
 */
export function placeExtras(hardware: Hardware, devices: MachineDevices, wantsRandom = false): MachineDevices {
  const { extras: had = [], ...others } = devices;
  const wanted = [
    ...(hardware.watchdog === undefined ? [] : (['watchdog'] as const)),
    ...(wantsRandom && !hardware.hasRandomSource ? (['random'] as const) : []),
  ];
  const kept = had.filter(({ device }) => wanted.includes(device));
  const added = wanted.filter((device) => !kept.some((extra) => extra.device === device));
  let extras = kept;
  for (const device of added) {
    extras = [...extras, { device, slot: freeSlot(hardware, { ...others, extras }) }];
  }
  return extras.length === 0 ? others : { ...others, extras };
}

/** The PCI slots of what every board has, in the order in which they have always been given out; null for none. */
export function boardSlots(
  hardware: Hardware,
): Record<'video' | 'usb' | 'random' | 'balloon' | 'tablet', number | null> {
  let last = Math.max(...CHIPSET_SLOTS[hardware.chipset].filter((slot) => slot < PCI_SLOTS - 1));
  const next = (isThere: boolean) => (isThere ? ++last : null);
  return {
    video: next(hardware.videoModel !== 'none'),
    usb: next([hardware.diskBus, hardware.cdromBus].includes('usb') || hardware.pointerModel === 'usb-tablet'),
    random: next(hardware.hasRandomSource),
    balloon: next(true),
    tablet: next(hardware.pointerModel === 'virtio-tablet'),
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

function freeSlot(hardware: Hardware, devices: MachineDevices): number {
  return free('pci', takenSlots(hardware, devices), PCI_SLOTS);
}

function takenSlots(hardware: Hardware, devices: MachineDevices): number[] {
  const { controllers, disks, nics, extras = [], guestAgentSlot = 0 } = devices;
  const placed = [...disks, ...nics].flatMap(({ address }) => (address.at === 'pci' ? [address.slot] : []));
  const board = Object.values(boardSlots(hardware)).filter((slot) => slot !== null);
  const own = [...controllers, ...extras].map(({ slot }) => slot);
  return [...CHIPSET_SLOTS[hardware.chipset], ...board, ...own, ...placed, guestAgentSlot];
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
