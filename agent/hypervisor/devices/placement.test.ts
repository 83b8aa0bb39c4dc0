import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ExtraDisk, type MachinePort, type MachineSpec, usualDisks } from '../../../app/contract/machine.ts';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { chooseHardware } from './hardware-choice.ts';
import { machineDevicesSchema } from './machine-devices.ts';
import { placeGuestAgent, placeMachine, placeNics } from './placement.ts';

const TYPES = new Map([
  ['pc', 'pc-i440fx-7.2'],
  ['q35', 'pc-q35-7.2'],
]);
const port = (id: string): MachinePort => {
  return { id, mac: '52:54:00:00:00:01', driver: 'user', networkId: 'n', mtu: 1500, fixedIps: [] };
};

const PLAIN: ExtraDisk = { id: 'ephemeral', role: 'ephemeral', sizeMib: 1, bus: null, serial: null, bootIndex: null };

function place(hardware: Record<string, string>, changes: Partial<MachineSpec> = {}) {
  const spec: MachineSpec = { ...makeSpec(PRETENDED_IMAGE, { hardware }), ...changes };
  const chosen = chooseHardware(spec, TYPES);
  return { hardware: chosen, devices: placeMachine(chosen, spec, spec.configDrive !== null) };
}

describe('a machine as it is made', () => {
  test('has its disks in order, and what boots comes first', () => {
    const { devices } = place({}, { disks: usualDisks(1, 64), ports: [port('a')] });
    expect(devices.controllers).toEqual([]);
    expect(devices.disks.map(({ id, bus, address, bootIndex }) => [id, bus, address, bootIndex])).toEqual([
      ['root', 'virtio', { at: 'pci', slot: 6 }, 1],
      ['ephemeral', 'virtio', { at: 'pci', slot: 7 }, null],
      ['swap', 'virtio', { at: 'pci', slot: 8 }, null],
      ['config-drive', 'ide', { at: 'ide', channel: 0, unit: 0 }, null],
    ]);
    expect(devices.nics).toEqual([{ id: 'nic0', port: 'a', model: 'virtio-net-pci', address: { at: 'pci', slot: 9 } }]);
  });

  test('boots from a medium after its disk, or from it alone', () => {
    const image = { ...PRETENDED_IMAGE, diskFormat: 'iso' as const };
    const boots = (rootDiskGib: number) =>
      place({}, { image, rootDiskGib, configDrive: null }).devices.disks.map(({ id, source, bootIndex }) => [
        ...[id, source.kind, bootIndex],
      ]);
    expect(boots(1)).toEqual([
      ['root', 'blank', 1],
      ['cdrom', 'image', 2],
    ]);
    expect(boots(0)).toEqual([['cdrom', 'image', 1]]);
  });

  test('several disks, each on its bus, with its file, its serial number and its turn after what is there first', () => {
    const disks = [
      { ...PLAIN, id: 'ephemeral', bus: 'sata', bootIndex: 2 },
      { ...PLAIN, id: 'ephemeral1', serial: 'ephemeral1' },
      { ...PLAIN, id: 'ephemeral2', bus: 'usb', bootIndex: 1 },
    ] as const;
    const spec = { disks: [...disks], root: { bus: 'scsi', serial: 'root' } as const, ports: [], configDrive: null };
    const { devices } = place({}, spec);
    expect(devices.controllers).toEqual([
      { bus: 'scsi', slot: 6 },
      { bus: 'sata', slot: 7 },
    ]);
    expect(
      devices.disks.map(({ id, file, address, serial, bootIndex }) => [id, file, address, serial, bootIndex]),
    ).toEqual([
      ['root', 'root.qcow2', { at: 'scsi', unit: 0 }, 'root', 1],
      ['ephemeral', 'ephemeral.qcow2', { at: 'sata', port: 0 }, null, 3],
      ['ephemeral1', 'ephemeral1.qcow2', { at: 'pci', slot: 8 }, 'ephemeral1', null],
      ['ephemeral2', 'ephemeral2.qcow2', { at: 'usb', port: '2' }, null, 2],
    ]);
    expect(machineDevicesSchema.parse(devices)).toEqual(devices);
    const onUsb = { disks: [{ ...PLAIN, bus: 'usb' as const }] };
    expect(() => place({ hw_pointer_model: 'ps2mouse' }, onUsb)).toThrow(
      expect.objectContaining({ field: 'disk_bus' }),
    );
    expect(() => place({ hw_machine_type: 'q35' }, { root: { bus: 'ide', serial: null } })).toThrow(
      'which the machine',
    );
  });

  test('without an image it has an empty root disk, or none', () => {
    const roots = (rootDiskGib: number) =>
      place({}, { image: null, rootDiskGib, configDrive: null }).devices.disks.map(({ id, source }) => [id, source]);
    expect(roots(2)).toEqual([['root', { kind: 'blank' }]]);
    expect(roots(0)).toEqual([]);
  });

  test('that needs a controller has one, in a slot of its own', () => {
    const { devices } = place({ hw_disk_bus: 'scsi', hw_cdrom_bus: 'sata' }, { disks: usualDisks(0, 64), ports: [] });
    expect(devices.controllers).toEqual([
      { bus: 'scsi', slot: 6 },
      { bus: 'sata', slot: 7 },
    ]);
    expect(devices.disks.map(({ address }) => address)).toEqual([
      { at: 'scsi', unit: 0 },
      { at: 'scsi', unit: 1 },
      { at: 'sata', port: 0 },
    ]);
  });

  test('has a port to the guest agent behind all others, which cards that come later leave alone', () => {
    const { hardware, devices } = place({}, { ports: [port('a')] });
    const placed = placeGuestAgent(hardware, devices);
    expect(placed).toEqual({ ...devices, guestAgentSlot: 8 });
    expect(placeNics(hardware, placed, [port('a'), port('b')]).nics[1]?.address).toEqual({ at: 'pci', slot: 9 });
    const without = place({ hw_qemu_guest_agent: 'no' });
    expect(placeGuestAgent(without.hardware, without.devices)).toEqual(without.devices);
  });

  test('with more than its board has slots for is refused', () => {
    const ports = Array.from({ length: 40 }, (_, index) => port(`p${index}`));
    expect(() => place({}, { ports })).toThrow('more devices than its pci bus has places');
  });
});

test('cards come and go, and those that stay keep their places; no two devices have the same', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });
  const bus = fc.constantFrom('virtio', 'scsi', 'sata', 'usb');
  fc.assert(
    fc.property(fc.constantFrom('pc', 'q35'), bus, bus, fc.array(ids, { minLength: 1, maxLength: 6 }), (...drawn) => {
      const [machine, disk, cdrom, [first = [], ...later]] = drawn;
      const asked = { hw_machine_type: machine, hw_disk_bus: disk, hw_cdrom_bus: cdrom };
      let { hardware, devices } = place(asked, { disks: usualDisks(0, 64), ports: first.map(port) });
      for (const wanted of later) {
        const before = new Map(devices.nics.map((nic) => [nic.port, nic]));
        devices = placeNics(hardware, devices, wanted.map(port));
        expect(devices.nics.map((nic) => nic.port).sort()).toEqual(wanted.toSorted());
        for (const nic of devices.nics) if (before.has(nic.port)) expect(nic).toEqual(before.get(nic.port));
        const places = [
          ...[...devices.disks, ...devices.nics].map(({ address }) => JSON.stringify(address)),
          ...devices.controllers.map(({ slot }) => JSON.stringify({ at: 'pci', slot })),
        ];
        expect(new Set(places).size).toBe(places.length);
        expect(new Set(devices.nics.map(({ id }) => id)).size).toBe(devices.nics.length);
      }
    }),
  );
});
