import { expect, test } from 'vitest';
import { answerWithPlaces, devicePlaces, withPlaces } from './device-address.ts';
import type { MachineDevices } from './machine-devices.ts';

const disk = (id: string, address: MachineDevices['disks'][number]['address'], serial: string | null) =>
  ({
    id,
    role: 'ephemeral',
    source: { kind: 'blank' },
    file: null,
    bus: 'virtio',
    bootIndex: null,
    address,
    serial,
  }) as const;
const DEVICES: MachineDevices = {
  controllers: [],
  disks: [
    disk('a', { at: 'pci', slot: 11 }, 'a'),
    disk('b', { at: 'scsi', unit: 3 }, 'b'),
    disk('c', { at: 'ide', channel: 1, unit: 0 }, 'c'),
    disk('d', { at: 'sata', port: 2 }, 'd'),
    disk('e', { at: 'usb', port: '4.1' }, 'e'),
    disk('f', { at: 'pci', slot: 12 }, null),
  ],
  nics: [{ id: 'nic0', port: 'p', model: 'virtio-net-pci', address: { at: 'pci', slot: 4 } }],
};
const PORT = { id: 'p', mac: 'FA:16:3E:00:00:01', driver: 'user', networkId: 'n', mtu: 1500, fixedIps: [] };
const base64 = (data: unknown) => Buffer.from(JSON.stringify(data)).toString('base64');

test('devices that a guest is told of have their places, in the drive and by the service', () => {
  const places = devicePlaces(DEVICES, [PORT]);
  const none = { bus: 'none', address: 'none' };
  const asked = (serial: string) => ({ type: 'disk', ...none, serial, tags: ['t'] });
  const told = (serial: string, bus: string, address: string) => ({ type: 'disk', bus, address, serial, tags: ['t'] });
  const data = {
    uuid: 'x',
    devices: [...['a', 'b', 'c', 'd', 'e', 'x'].map(asked), { type: 'nic', mac: 'fa:16:3e:00:00:01' }],
  };
  const completed = {
    uuid: 'x',
    devices: [
      ...[told('a', 'pci', '0000:00:0b.0'), told('b', 'scsi', '0:0:3:0'), told('c', 'ide', '1:0')],
      ...[told('d', 'sata', '2'), told('e', 'usb', '4.1'), asked('x')],
      { type: 'nic', mac: 'fa:16:3e:00:00:01', bus: 'pci', address: '0000:00:04.0' },
    ],
  };
  const files = { 'openstack/latest/meta_data.json': base64(data), 'openstack/latest/user_data': base64(data) };
  expect(withPlaces(files, places)).toEqual({ ...files, 'openstack/latest/meta_data.json': base64(completed) });
  const answer = { status: 200, type: 'application/json', body: base64(data) } as const;
  const path = '/openstack/latest/meta_data.json?x=1';
  expect(answerWithPlaces(answer, path, places)).toEqual({ ...answer, body: base64(completed) });
  expect(answerWithPlaces(answer, '/openstack/latest/vendor_data.json', places)).toBe(answer);
});

test('what is no list of devices stays as it is', () => {
  for (const body of [
    '',
    Buffer.from('no JSON').toString('base64'),
    base64({ devices: [] }),
    base64({ devices: 3 }),
    base64(null),
  ]) {
    const files = { 'openstack/latest/meta_data.json': body };
    expect(withPlaces(files, devicePlaces(DEVICES, [PORT]))).toEqual(files);
  }
});
