import { UnexpectedError } from '../../../app/contract/errors.ts';
import type { MachineImage } from '../../../app/contract/machine.ts';
import type { NetworkPlug } from '../../network/driver.ts';
import { type BlockNode, beneath, localFile, overlay } from '../../storage/block-node.ts';
import type { Hardware } from '../devices/hardware-choice.ts';
import type { Address, MachineDevices, MachineDisk, MachineNic } from '../devices/machine-devices.ts';
import { boardSlots, isMedium, USB_HUB_PORT, USB_POINTER_PORT } from '../devices/placement.ts';
import { diskFile, type MachineFiles } from './machine-files.ts';
import { netdevOption } from './network-options.ts';
import { escapeOption } from './option-value.ts';

/** File descriptor at which the process finds its end of the socket pair to what emulates its TPM. */
export const TPM_FD = 7;

/** Devices as QEMU's options. Every one has its place, so that a guest finds it there at every start. */
export interface DeviceInput {
  hardware: Hardware;
  devices: MachineDevices;
  files: MachineFiles;
  /** Paths in the host's cache, by image id. */
  images: ReadonlyMap<string, string>;
  plugs: readonly NetworkPlug[];
}

export function deviceOptions(input: DeviceInput): string[] {
  const { hardware, devices, plugs } = input;
  return [
    ...boardOptions(hardware),
    ...devices.controllers.flatMap(({ bus, slot }) => {
      const model = bus === 'scsi' ? 'virtio-scsi-pci' : 'ahci';
      return ['-device', `${model},id=${bus}${pciOf(hardware, slot)}`];
    }),
    ...(devices.disks.some(isBehindHub) ? ['-device', `usb-hub,bus=usb.0,port=${USB_HUB_PORT}`] : []),
    ...devices.disks.flatMap((disk) => diskOptions(disk, input)),
    ...plugs.flatMap((plug) => {
      const nic = devices.nics.find(({ port }) => port === plug.port);
      return nic === undefined ? [] : nicOptions(nic, plug, hardware);
    }),
    ...extraOptions(hardware, devices),
    ...guestAgentOptions(input),
  ];
}

/** Of the port's end on this host, as QEMU's monitor names it. */
export const GUEST_AGENT_CHARDEV = 'guest-agent';

/** The guest knows the port by its name. What it writes while nobody is connected is gone. */
function guestAgentOptions({ devices: { guestAgentSlot }, hardware, files }: DeviceInput): string[] {
  if (guestAgentSlot === undefined) return [];
  const socket = `socket,id=${GUEST_AGENT_CHARDEV},path=${escapeOption(files.agentSocket)},server=on,wait=off`;
  const port = `virtserialport,bus=ports.0,nr=1,chardev=${GUEST_AGENT_CHARDEV},name=org.qemu.guest_agent.0`;
  return [
    ...['-device', `virtio-serial-pci,id=ports,max_ports=2${pciOf(hardware, guestAgentSlot)}`],
    ...['-chardev', socket, '-device', port],
  ];
}

function boardOptions(hardware: Hardware): string[] {
  const { video, usb, balloon, tablet, ...slots } = boardSlots(hardware);
  const random = hardware.isWithoutRandom ? null : slots.random;
  const options: string[] = [];
  const add = (slot: number | null, device: string) =>
    slot !== null && options.push('-device', `${device}${pciOf(hardware, slot)}`);
  add(video, `${hardware.videoModel}${videoMemory(hardware)}`);
  add(usb, 'qemu-xhci,id=usb');
  if (hardware.pointerModel === 'usb-tablet') options.push('-device', `usb-tablet,bus=usb.0,port=${USB_POINTER_PORT}`);
  if (random !== null) options.push(...randomOptions(hardware, random));
  add(balloon, 'virtio-balloon-pci,id=balloon');
  add(tablet, 'virtio-tablet-pci');
  options.push('-device', 'pvpanic');
  return options;
}

function randomOptions(hardware: Hardware, slot: number): string[] {
  const { randomLimit: limit } = hardware;
  const rate = limit === undefined ? '' : `,max-bytes=${limit.bytes},period=${limit.milliseconds}`;
  return [
    ...['-object', 'rng-random,id=rng0,filename=/dev/urandom'],
    ...['-device', `virtio-rng-pci,rng=rng0${rate}${pciOf(hardware, slot)}`],
  ];
}

/** QEMU's cards call it by two names. */
function videoMemory({ videoModel, videoMib }: Hardware): string {
  if (videoMib === undefined) return '';
  return videoModel === 'bochs-display' ? `,vgamem=${videoMib}M` : `,vgamem_mb=${videoMib}`;
}

function extraOptions(hardware: Hardware, { extras = [] }: MachineDevices): string[] {
  const { tpm } = hardware;
  return [
    ...extras.flatMap(({ device, slot }) =>
      device === 'random' ? randomOptions(hardware, slot) : ['-device', `i6300esb,id=watchdog${pciOf(hardware, slot)}`],
    ),
    ...(tpm === undefined
      ? []
      : [
          ...['-chardev', `socket,id=tpm,fd=${TPM_FD}`, '-tpmdev', 'emulator,id=tpm0,chardev=tpm'],
          ...['-device', `${tpm.model},tpmdev=tpm0`],
        ]),
  ];
}

function isBehindHub({ address }: MachineDisk): boolean {
  return address.at === 'usb' && address.port.startsWith(`${USB_HUB_PORT}.`);
}

/** Behind a disk's id, the id of its device. */
export const DISK_DEVICE = '-device';

function diskOptions(disk: MachineDisk, input: DeviceInput): string[] {
  const node = diskNode(disk, input);
  return ['-blockdev', JSON.stringify(node), '-device', diskOption(disk, node, input.hardware)];
}

function diskOption(disk: MachineDisk, node: BlockNode, hardware: Hardware): string {
  const boot = disk.bootIndex === null ? '' : `,bootindex=${disk.bootIndex}`;
  const serial = disk.serial === null ? '' : `,serial=${disk.serial}`;
  const device = `${diskModel(disk)},id=${diskDevice(disk)},drive=${node['node-name']}`;
  return `${device}${addressOf(disk.address, hardware)}${boot}${serial}`;
}

/** Id of a disk's device. */
export function diskDevice({ id }: Pick<MachineDisk, 'id'>): string {
  return `${id}${DISK_DEVICE}`;
}

/** The same device for a process that runs: nothing in such an option needs escaping. */
export function diskArguments(disk: MachineDisk, node: BlockNode, hardware: Hardware): Record<string, unknown> {
  const [driver, ...properties] = diskOption(disk, node, hardware).split(',');
  return { driver, ...Object.fromEntries(properties.map((property) => property.split('='))) };
}

/** What lies over a disk since its machine was resized; the disk itself has its usual name, which it goes on with. */
export function upperNode(diskId: string): string {
  return `${diskId}-resized`;
}

/** What the device reads and writes, by its name. */
export function diskNode(disk: MachineDisk, input: Pick<DeviceInput, 'files' | 'images'>): BlockNode {
  const { id, over, ...rest } = disk;
  if (over === undefined) return { 'node-name': id, ...nodeOf(disk, input) };
  const lower = { 'node-name': id, ...beneath(nodeOf({ ...rest, id, file: over }, input)) };
  const upper = localFile('qcow2', diskFile(input.files, disk));
  return overlay({ 'node-name': upperNode(id), ...upper }, lower);
}

function nodeOf(disk: MachineDisk, { files, images }: Pick<DeviceInput, 'files' | 'images'>): BlockNode {
  const { role, source } = disk;
  const base = source.kind === 'image' ? imageNode(source.image, images) : null;
  switch (role) {
    case 'cdrom':
      if (base === null) throw new UnexpectedError('A medium has no image.');
      return base;
    case 'config-drive':
      return localFile('raw', diskFile(files, disk), { isReadOnly: true });
    case 'attached':
      if (source.kind === 'file') return localFile(source.format, source.path);
      return localFile('qcow2', diskFile(files, disk));
    case 'swap':
      return localFile('raw', diskFile(files, disk));
    default: {
      const own = localFile('qcow2', diskFile(files, disk));
      return base === null ? own : overlay(own, base);
    }
  }
}

function imageNode(image: MachineImage, images: ReadonlyMap<string, string>): BlockNode {
  const path = images.get(image.id);
  if (path === undefined) throw new UnexpectedError(`Image ${image.id} is not on this host.`);
  return localFile(image.diskFormat === 'iso' ? 'raw' : image.diskFormat, path, { isReadOnly: true });
}

function diskModel(disk: MachineDisk): string {
  switch (disk.bus) {
    case 'virtio':
      // There is no virtio CD-ROM: a read-only disk carries the same file system.
      return 'virtio-blk-pci';
    case 'scsi':
      return isMedium(disk) ? 'scsi-cd' : 'scsi-hd';
    case 'ide':
    case 'sata':
      return isMedium(disk) ? 'ide-cd' : 'ide-hd';
    case 'usb':
      return 'usb-storage';
  }
}

/** No boot ROM: nothing boots from the network, and the ROM is a package of its own that may be missing. */
export function nicArguments(nic: MachineNic, plug: NetworkPlug, hardware: Hardware): Record<string, string | number> {
  const { address, model } = nic;
  if (address.at !== 'pci') throw new UnexpectedError('A card is not on the PCI bus.');
  return {
    ...{ driver: model, id: nic.id, netdev: netdevOf(nic), mac: plug.mac, romfile: '' },
    ...{ bus: pciBus(hardware), addr: pciAddress(address.slot) },
    ...(plug.mtu !== null && model === 'virtio-net-pci' && { host_mtu: plug.mtu }),
  };
}

/** QEMU's name of the network behind a card. */
export function netdevOf({ id }: MachineNic): string {
  return id.replace('nic', 'net');
}

function nicOptions(nic: MachineNic, plug: NetworkPlug, hardware: Hardware): string[] {
  const { driver, ...properties } = nicArguments(nic, plug, hardware);
  const device = [driver, ...Object.entries(properties).map(([name, value]) => `${name}=${value}`)];
  return ['-netdev', `${netdevOption(plug)},id=${netdevOf(nic)}`, '-device', device.join(',')];
}

function addressOf(address: Address, hardware: Hardware): string {
  switch (address.at) {
    case 'pci':
      return pciOf(hardware, address.slot);
    case 'scsi':
      return `,bus=scsi.0,scsi-id=${address.unit}`;
    case 'ide':
      return `,bus=ide.${address.channel},unit=${address.unit}`;
    case 'sata':
      // A q35 board has this controller built in, under the name `ide`.
      return `,bus=${hardware.chipset === 'q35' ? 'ide' : 'sata'}.${address.port}`;
    case 'usb':
      return `,bus=usb.0,port=${address.port}`;
  }
}

function pciOf(hardware: Hardware, slot: number): string {
  return `,bus=${pciBus(hardware)},addr=${pciAddress(slot)}`;
}

function pciBus({ chipset }: Hardware): string {
  return chipset === 'q35' ? 'pcie.0' : 'pci.0';
}

function pciAddress(slot: number): string {
  return `0x${slot.toString(16)}`;
}
