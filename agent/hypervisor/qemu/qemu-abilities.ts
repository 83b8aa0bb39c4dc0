import { findFirmware } from './firmware.ts';
import type { QemuInstall } from './qemu-install.ts';
import { findTpmEmulator } from './swtpm.ts';

/** Traits, and the device of QEMU that each stands for. */
const BY_DEVICE: readonly (readonly [trait: string, device: string])[] = [
  ['COMPUTE_GRAPHICS_MODEL_VGA', 'VGA'],
  ['COMPUTE_GRAPHICS_MODEL_VIRTIO', 'virtio-vga'],
  ['COMPUTE_GRAPHICS_MODEL_QXL', 'qxl-vga'],
  ['COMPUTE_GRAPHICS_MODEL_CIRRUS', 'cirrus-vga'],
  ['COMPUTE_GRAPHICS_MODEL_VMVGA', 'vmware-svga'],
  ['COMPUTE_GRAPHICS_MODEL_BOCHS', 'bochs-display'],
  ['COMPUTE_NET_VIF_MODEL_VIRTIO', 'virtio-net-pci'],
  ['COMPUTE_NET_VIF_MODEL_E1000', 'e1000'],
  ['COMPUTE_NET_VIF_MODEL_E1000E', 'e1000e'],
  ['COMPUTE_NET_VIF_MODEL_RTL8139', 'rtl8139'],
  ['COMPUTE_NET_VIF_MODEL_NE2K_PCI', 'ne2k_pci'],
  ['COMPUTE_NET_VIF_MODEL_PCNET', 'pcnet'],
  ['COMPUTE_NET_VIF_MODEL_VMXNET3', 'vmxnet3'],
  ['COMPUTE_STORAGE_BUS_VIRTIO', 'virtio-blk-pci'],
  ['COMPUTE_STORAGE_BUS_SCSI', 'virtio-scsi-pci'],
  ['COMPUTE_STORAGE_BUS_IDE', 'ide-hd'],
  ['COMPUTE_STORAGE_BUS_SATA', 'ich9-ahci'],
  ['COMPUTE_STORAGE_BUS_USB', 'usb-storage'],
];
const ALWAYS = [
  ...['COMPUTE_ARCH_X86_64', 'HW_ARCH_X86_64', 'COMPUTE_GRAPHICS_MODEL_NONE', 'COMPUTE_FIRMWARE_BIOS'],
  ...['COMPUTE_IMAGE_TYPE_QCOW2', 'COMPUTE_IMAGE_TYPE_RAW', 'COMPUTE_IMAGE_TYPE_ISO'],
];
/** Capabilities that have no trait in Placement, and the device each needs; null for none. */
const CAPABILITIES: readonly (readonly [capability: string, device: string | null])[] = [
  ['watchdog:i6300esb', 'i6300esb'],
  ['input:virtio', 'virtio-tablet-pci'],
  ['random:limits', 'virtio-rng-pci'],
  ['disk:limits', 'throttle-group'],
  ['cpu:topology', null],
  ['cpu:features', null],
  ['firmware:boot-menu', null],
  ['video:memory', null],
  ['timer:hpet', null],
  ['hypervisor:qemu', null],
];

/** What machines on this host can have, by what is installed. */
export async function findAbilities({
  devices,
  canBeSecure,
}: QemuInstall): Promise<{ capabilities: string[]; traits: string[] }> {
  const [firmware, emulator] = await Promise.all([findFirmware(), findTpmEmulator()]);
  const has = (device: string | null) => device === null || devices.has(device);
  const tpms = emulator === null || !has('tpm-emulator') ? [] : (['tpm-tis', 'tpm-crb'] as const).filter(has);
  return {
    capabilities: CAPABILITIES.filter(([, device]) => has(device)).map(([capability]) => capability),
    traits: [
      ...ALWAYS,
      ...BY_DEVICE.filter(([, device]) => has(device)).map(([trait]) => trait),
      ...(firmware === null ? [] : ['COMPUTE_FIRMWARE_UEFI']),
      ...(canBeSecure ? ['COMPUTE_SECURITY_UEFI_SECURE_BOOT'] : []),
      ...(tpms.length > 0 ? ['COMPUTE_SECURITY_TPM_1_2', 'COMPUTE_SECURITY_TPM_2_0'] : []),
      ...tpms.map((model) => (model === 'tpm-crb' ? 'COMPUTE_SECURITY_TPM_CRB' : 'COMPUTE_SECURITY_TPM_TIS')),
    ],
  };
}
