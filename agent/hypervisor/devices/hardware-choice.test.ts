import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machineSpecSchema } from '../../../app/contract/machine.ts';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { chooseHardware } from './hardware-choice.ts';

const MACHINE_TYPES = new Map([
  ['pc', 'pc-i440fx-7.2'],
  ['pc-i440fx-7.2', 'pc-i440fx-7.2'],
  ['pc-i440fx-6.0', 'pc-i440fx-6.0'],
  ['q35', 'pc-q35-7.2'],
]);

function choose(hardware: Record<string, string>) {
  return chooseHardware(makeSpec(PRETENDED_IMAGE, { hardware }), MACHINE_TYPES);
}

describe('chooseHardware', () => {
  test('virtio by default, and the machine type pinned to a version', () => {
    expect(choose({})).toEqual({
      machineType: 'pc-i440fx-7.2',
      chipset: 'pc',
      diskBus: 'virtio',
      cdromBus: 'ide',
      networkModel: 'virtio-net-pci',
      videoModel: 'VGA',
      pointerModel: 'usb-tablet',
      hasRandomSource: true,
    });
  });

  test('image properties choose; those it does not know are left alone', () => {
    const asked = {
      hw_machine_type: 'q35',
      hw_disk_bus: 'sata',
      hw_cdrom_bus: 'virtio',
      hw_vif_model: 'e1000',
      hw_video_model: 'qxl',
      hw_rng_model: 'none',
      hw_pointer_model: 'ps2mouse',
      hw_watchdog_action: 'reset',
      os_distro: 'debian',
    };
    expect(choose(asked)).toEqual({
      machineType: 'pc-q35-7.2',
      chipset: 'q35',
      diskBus: 'sata',
      cdromBus: 'virtio',
      networkModel: 'e1000',
      videoModel: 'qxl-vga',
      pointerModel: 'ps2',
      hasRandomSource: false,
    });
    expect(choose({ hw_machine_type: 'pc-i440fx-6.0' }).machineType).toBe('pc-i440fx-6.0');
    expect(choose({ hw_machine_type: 'q35' }).cdromBus).toBe('scsi');
  });

  test.each([
    ['hw_disk_bus', 'virtio,drive=x'],
    ['hw_disk_bus', 'xen'],
    ['hw_vif_model', 'virtio-net-pci'],
    ['hw_vif_model', '__proto__'],
    ['hw_video_model', ''],
    ['hw_cdrom_bus', 'floppy'],
    ['hw_rng_model', 'yes'],
    ['hw_machine_type', 'microvm'],
    ['hw_machine_type', 'pc,accel=kvm'],
  ])('%s=%j is refused, and what would do is told', (property, value) => {
    expect(() => choose({ [property]: value })).toThrow(
      expect.objectContaining({
        code: 'bad_request',
        field: `hardware.${property}`,
        hint: expect.stringMatching(/^Use one of: .+\.$/),
      }),
    );
  });

  test('a q35 board has no IDE', () => {
    expect(() => choose({ hw_machine_type: 'q35', hw_disk_bus: 'ide' })).toThrow(/hw_disk_bus/);
  });

  test('a machine type this QEMU lacks', () => {
    expect(() => choose({ hw_machine_type: 'pc-i440fx-1.0' })).toThrow(
      expect.objectContaining({ code: 'hypervisor_failed', hint: expect.stringContaining('hw_machine_type') }),
    );
  });
});

interface Definition {
  description: string;
  enum?: string[];
}
const DEFINITIONS = new URL('../../../assets/metadefs.json', import.meta.url);
const virtualHardware: Record<string, Definition> = JSON.parse(readFileSync(DEFINITIONS, 'utf8')).find(
  ({ namespace }: { namespace: string }) => namespace === 'OS::Compute::LibvirtImage',
).properties;

describe('the metadata definitions of virtual hardware', () => {
  const isFollowed = ({ description }: Definition) => !description.includes('do not follow it yet');

  test('a value that they name is taken', () => {
    for (const [name, definition] of Object.entries(virtualHardware)) {
      for (const value of definition.enum ?? [])
        expect(() => choose({ [name]: value }), `${name}=${value}`).not.toThrow();
    }
  });

  test('a value that they do not name is refused, but for properties that they say are not followed', () => {
    for (const [name, definition] of Object.entries(virtualHardware)) {
      // Those of a rescue are looked at when there is one.
      if (name === 'hw_firmware_type' || name.startsWith('hw_rescue_')) continue;
      const attempt = () => choose({ [name]: 'nonsense' });
      if (isFollowed(definition)) expect(attempt, name).toThrow(name);
      else expect(attempt, name).not.toThrow();
    }
    expect(virtualHardware.hw_firmware_type?.enum).toEqual(machineSpecSchema.shape.firmware.options);
  });
});
