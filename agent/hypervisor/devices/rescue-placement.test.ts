import { describe, expect, test } from 'vitest';
import { usualDisks } from '../../../app/contract/machine.ts';
import type { MachineRescue } from '../../../app/contract/machine-orders.ts';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { chooseHardware } from './hardware-choice.ts';
import { placeMachine } from './placement.ts';
import { placeRescue } from './rescue-placement.ts';

const TYPES = new Map([
  ['pc', 'pc-i440fx-7.2'],
  ['q35', 'pc-q35-7.2'],
]);
const LEGACY: MachineRescue = {
  ...{ image: { ...PRETENDED_IMAGE, id: 'rescue' }, device: 'disk', bus: null, isStable: false, configDrive: {} },
};

function machine(properties: Record<string, string> = {}) {
  const spec = makeSpec(PRETENDED_IMAGE, { hardware: properties, disks: usualDisks(1, 64) });
  const hardware = chooseHardware(spec, TYPES);
  return { hardware, own: placeMachine(hardware, spec, true) };
}

function rescued(rescue: Partial<MachineRescue>, properties?: Record<string, string>) {
  const { hardware, own } = machine(properties);
  const devices = placeRescue(hardware, own, { ...LEGACY, ...rescue });
  const places = [...devices.disks, ...devices.nics].map(({ address }) => JSON.stringify(address));
  expect(new Set(places).size).toBe(places.length);
  expect(devices.disks.filter(({ bootIndex }) => bootIndex !== null).map(({ id }) => id)).toEqual(['rescue']);
  return { own, devices, ids: devices.disks.map(({ id }) => id) };
}

describe('where the image says nothing', () => {
  test('it is the first disk, the root disk the second, and the drive is there', () => {
    const { own, devices, ids } = rescued({});
    expect(ids).toEqual(['rescue', 'root', 'config-drive']);
    const [first, second] = devices.disks;
    expect(first?.address).toEqual(own.disks[0]?.address);
    expect(second).toMatchObject({ file: 'root.qcow2', source: own.disks[0]?.source, bus: 'virtio' });
    expect(devices.nics).toEqual(own.nics);
  });

  test('a medium has a place among the drives; a machine without a config drive has none', () => {
    const { devices, ids } = rescued({ device: 'cdrom', configDrive: null });
    expect(ids).toEqual(['rescue', 'root']);
    expect(devices.disks[0]).toMatchObject({ role: 'cdrom', bus: 'ide', file: null });
  });
});

describe('stable', () => {
  test.each(['virtio', 'scsi', 'sata', 'usb', 'ide'] as const)('on %s: what was there stays where it was', (bus) => {
    const { own, devices, ids } = rescued({ isStable: true, bus });
    expect(ids).toEqual(['root', 'ephemeral', 'swap', 'config-drive', 'rescue']);
    expect(devices.disks.slice(0, -1)).toEqual(own.disks.map((disk) => ({ ...disk, bootIndex: null })));
    expect(devices.nics).toEqual(own.nics);
    expect(devices.disks.at(-1)?.bus).toBe(bus);
  });

  test('a bus that the board lacks is refused by name', () => {
    const refused = expect.objectContaining({ code: 'bad_request', field: 'hw_rescue_bus' });
    expect(() => rescued({ isStable: true, bus: 'ide' }, { hw_machine_type: 'q35' })).toThrow(refused);
    expect(() => rescued({ isStable: true, bus: 'usb' }, { hw_pointer_model: 'ps2mouse' })).toThrow(refused);
  });
});
