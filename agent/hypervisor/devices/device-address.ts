import type { GuestAnswer } from '../../../app/contract/controller.methods.ts';
import type { MachinePort } from '../../../app/contract/machine.ts';
import type { Address, MachineDevices } from './machine-devices.ts';

/** Where a guest finds a device, in the words of Nova's metadata. */
export interface DevicePlace {
  /** A disk's serial number, or a card's MAC address. */
  key: string;
  bus: string;
  address: string;
}

/** Of those devices by which a guest can be told of them. */
export function devicePlaces({ disks, nics }: MachineDevices, ports: readonly MachinePort[]): DevicePlace[] {
  return [
    ...disks.flatMap(({ serial, address }) => (serial === null ? [] : [{ key: serial, ...placeOf(address) }])),
    ...nics.flatMap(({ port, address }) => {
      const mac = ports.find(({ id }) => id === port)?.mac;
      return mac === undefined ? [] : [{ key: mac.toLowerCase(), ...placeOf(address) }];
    }),
  ];
}

/** As Linux writes it: a function of a PCI slot, a target of a SCSI bus, a place of a channel, a port. */
function placeOf(address: Address): Omit<DevicePlace, 'key'> {
  switch (address.at) {
    case 'pci':
      return { bus: 'pci', address: `0000:00:${address.slot.toString(16).padStart(2, '0')}.0` };
    case 'scsi':
      return { bus: 'scsi', address: `0:0:${address.unit}:0` };
    case 'ide':
      return { bus: 'ide', address: `${address.channel}:${address.unit}` };
    case 'sata':
      return { bus: 'sata', address: String(address.port) };
    case 'usb':
      return { bus: 'usb', address: address.port };
  }
}

const META_DATA = /(?:^|\/)meta_data\.json(?:$|[?#])/;

/** The files of a config drive, base64, with the places of devices, which only the machine's host knows. */
export function withPlaces(files: Record<string, string>, places: readonly DevicePlace[]): Record<string, string> {
  const entries = Object.entries(files).map(([path, content]) => [
    path,
    META_DATA.test(path) ? completed(content, places) : content,
  ]);
  return Object.fromEntries(entries);
}

/** The same of what a guest is answered that asks for `path`. */
export function answerWithPlaces(answer: GuestAnswer, path: string, places: readonly DevicePlace[]): GuestAnswer {
  const isMetaData = answer.status === 200 && answer.type === 'application/json' && META_DATA.test(path);
  return isMetaData ? { ...answer, body: completed(answer.body, places) } : answer;
}

/** What is no such list of devices stays as it is. */
function completed(content: string, places: readonly DevicePlace[]): string {
  const text = Buffer.from(content, 'base64').toString();
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return content;
  }
  if (!isRecord(data) || !Array.isArray(data.devices) || data.devices.length === 0) return content;
  const devices = data.devices.map((device: unknown) => {
    if (!isRecord(device)) return device;
    const key = device.type === 'nic' ? String(device.mac).toLowerCase() : device.serial;
    const found = places.find((place) => place.key === key);
    return found ? { ...device, bus: found.bus, address: found.address } : device;
  });
  return Buffer.from(JSON.stringify({ ...data, devices })).toString('base64');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
