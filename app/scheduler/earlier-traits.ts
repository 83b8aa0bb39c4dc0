/** What an agent could that did not yet tell of it by the names of Placement. */
const ALWAYS: readonly string[] = [
  ...['IDE', 'SATA', 'SCSI', 'USB', 'VIRTIO'].map((bus) => `COMPUTE_STORAGE_BUS_${bus}`),
  ...['VIRTIO', 'E1000', 'E1000E', 'RTL8139', 'NE2K_PCI', 'PCNET', 'VMXNET3'].map(
    (model) => `COMPUTE_NET_VIF_MODEL_${model}`,
  ),
  ...['VGA', 'VIRTIO', 'QXL', 'CIRRUS', 'VMVGA', 'BOCHS', 'NONE'].map((model) => `COMPUTE_GRAPHICS_MODEL_${model}`),
];
const BY_CAPABILITY: ReadonlyMap<string, readonly string[]> = new Map([
  ['disk-format:qcow2', ['COMPUTE_IMAGE_TYPE_QCOW2']],
  ['disk-format:raw', ['COMPUTE_IMAGE_TYPE_RAW']],
  ['disk-format:iso', ['COMPUTE_IMAGE_TYPE_ISO']],
  ['firmware:bios', ['COMPUTE_FIRMWARE_BIOS']],
  ['firmware:uefi', ['COMPUTE_FIRMWARE_UEFI']],
  ['architecture:x86_64', ['COMPUTE_ARCH_X86_64', 'HW_ARCH_X86_64']],
]);

/** The traits of a host whose agent is of an earlier version; none where it runs no machines. */
export function traitsOfEarlier(capabilities: readonly string[]): string[] {
  const named = capabilities.flatMap((capability) => BY_CAPABILITY.get(capability) ?? []);
  return named.length === 0 ? [] : [...ALWAYS, ...named];
}
