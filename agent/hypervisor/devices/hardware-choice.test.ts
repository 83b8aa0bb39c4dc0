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
      hasGuestAgent: true,
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
      hw_acme: 'x',
      hw_qemu_guest_agent: 'False',
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
      hasGuestAgent: false,
    });
    expect(choose({ hw_machine_type: 'pc-i440fx-6.0' }).machineType).toBe('pc-i440fx-6.0');
    expect(choose({ hw_machine_type: 'q35' }).cdromBus).toBe('scsi');
  });

  test('what is only there where it is asked for', () => {
    const asked = {
      ...{ hw_cpu_sockets: '1', hw_cpu_cores: '1', hw_cpu_threads: '1', hw_watchdog_action: 'poweroff' },
      ...{ hw_tpm_version: '2.0', hw_tpm_model: 'tpm-crb', hw_rng_rate_bytes: '64', hw_rng_rate_period: '20' },
      ...{ hw_boot_menu: 'true', hw_video_ram: '32', hw_hide_hypervisor_id: 'true', hw_pmu: 'false' },
      ...{ hw_time_hpet: 'false', quota_disk_read_iops_sec: '100', hw_input_bus: 'virtio' },
    };
    expect(choose(asked)).toMatchObject({
      ...{ topology: { sockets: 1, cores: 1, threads: 1 }, watchdog: 'poweroff' },
      ...{ tpm: { version: '2.0', model: 'tpm-crb' }, randomLimit: { bytes: 64, milliseconds: 20 } },
      ...{ hasBootMenu: true, videoMib: 32, hidesHypervisor: true, hasPmu: false, hasHpet: false },
      ...{ diskLimits: { read_iops_sec: 100 }, pointerModel: 'virtio-tablet' },
    });
    expect(choose({ hw_cpu_sockets: '2', hw_cpu_cores: '1', hw_cpu_threads: '1' }).topology).toBeUndefined();
    expect(choose({ hw_watchdog_action: 'disabled', hw_boot_menu: 'false' })).toEqual(choose({}));
  });

  test('secure boot where it must be, or where it can be', () => {
    const isSecure = (os_secure_boot: string, canBeSecure: boolean) =>
      chooseHardware(makeSpec(PRETENDED_IMAGE, { hardware: { os_secure_boot } }), MACHINE_TYPES, canBeSecure).isSecure;
    expect(isSecure('required', false)).toBe(true);
    expect([isSecure('optional', true), isSecure('optional', false)]).toEqual([true, undefined]);
    expect(isSecure('disabled', true)).toBeUndefined();
  });

  test.each([
    ['hw_watchdog_action', 'reset,x'],
    ['hw_tpm_version', '2.0,path=/'],
    ['hw_cpu_sockets', '1,x'],
    ['quota_disk_read_iops_sec', '-1'],
    ['os_secure_boot', 'yes'],
    ['hw_disk_bus', 'virtio,drive=x'],
    ['hw_disk_bus', 'xen'],
    ['hw_vif_model', 'virtio-net-pci'],
    ['hw_vif_model', '__proto__'],
    ['hw_video_model', ''],
    ['hw_cdrom_bus', 'floppy'],
    ['hw_rng_model', 'yes'],
    ['hw_qemu_guest_agent', 'maybe'],
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
  enum?: string[];
}
const DEFINITIONS = new URL('../../../assets/metadefs.json', import.meta.url);
const virtualHardware: Record<string, Definition> = JSON.parse(readFileSync(DEFINITIONS, 'utf8')).find(
  ({ namespace }: { namespace: string }) => namespace === 'OS::Compute::LibvirtImage',
).properties;

test('a value that the metadata definitions name is taken', () => {
  expect(virtualHardware.hw_firmware_type?.enum).toEqual(machineSpecSchema.shape.firmware.options);
  for (const [name, definition] of Object.entries(virtualHardware)) {
    for (const value of definition.enum ?? [])
      expect(() => choose({ [name]: value }), `${name}=${value}`).not.toThrow();
  }
});
