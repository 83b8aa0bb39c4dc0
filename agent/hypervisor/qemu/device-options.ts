import { UnexpectedError } from '../../../app/contract/errors.ts';
import type { MachineImage } from '../../../app/contract/machine.ts';
import type { NetworkPlug } from '../../network/driver.ts';
import { type BlockNode, beneath, localFile, overlay } from '../../storage/block-node.ts';
import type { Hardware } from '../devices/hardware-choice.ts';
import type { Address, MachineDevices, MachineDisk, MachineNic } from '../devices/machine-devices.ts';
import { boardSlots, isMedium, USB_HUB_PORT, USB_POINTER_PORT } from '../devices/placement.ts';
import { diskFile, type MachineFiles } from './machine-files.ts';
import { netdevOption } from './network-options.ts';

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
  ];
}

function boardOptions(hardware: Hardware): string[] {
  const { video, usb, random, balloon } = boardSlots(hardware);
  const options: string[] = [];
  const add = (slot: number | null, device: string) =>
    slot !== null && options.push('-device', `${device}${pciOf(hardware, slot)}`);
  add(video, hardware.videoModel);
  add(usb, 'qemu-xhci,id=usb');
  if (hardware.pointerModel === 'usb-tablet') options.push('-device', `usb-tablet,bus=usb.0,port=${USB_POINTER_PORT}`);
  if (random !== null) options.push('-object', 'rng-random,id=rng0,filename=/dev/urandom');
  add(random, 'virtio-rng-pci,rng=rng0');
  add(balloon, 'virtio-balloon-pci,id=balloon');
  options.push('-device', 'pvpanic');
  return options;
}

function isBehindHub({ address }: MachineDisk): boolean {
  return address.at === 'usb' && address.port.startsWith(`${USB_HUB_PORT}.`);
}

function diskOptions(disk: MachineDisk, input: DeviceInput): string[] {
  const node = diskNode(disk, input);
  const boot = disk.bootIndex === null ? '' : `,bootindex=${disk.bootIndex}`;
  const serial = disk.serial === null ? '' : `,serial=${disk.serial}`;
  const device = `${diskModel(disk)},id=${disk.id}-device,drive=${node['node-name']}`;
  return [
    ...['-blockdev', JSON.stringify(node)],
    ...['-device', `${device}${addressOf(disk.address, input.hardware)}${boot}${serial}`],
  ];
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
function nicOptions(nic: MachineNic, plug: NetworkPlug, hardware: Hardware): string[] {
  const mtu = plug.mtu !== null && nic.model === 'virtio-net-pci' ? `,host_mtu=${plug.mtu}` : '';
  const netdev = nic.id.replace('nic', 'net');
  const card = `${nic.model},id=${nic.id},netdev=${netdev},mac=${plug.mac},romfile=`;
  return [
    ...['-netdev', `${netdevOption(plug)},id=${netdev}`],
    ...['-device', `${card}${addressOf(nic.address, hardware)}${mtu}`],
  ];
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

function pciOf({ chipset }: Hardware, slot: number): string {
  return `,bus=${chipset === 'q35' ? 'pcie.0' : 'pci.0'},addr=0x${slot.toString(16)}`;
}
