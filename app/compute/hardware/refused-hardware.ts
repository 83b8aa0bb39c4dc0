import { isTrue, refusal } from './hardware-design.ts';
import type { HardwareWish } from './hardware-wish.ts';

type Flavor = HardwareWish['flavor'];
/** Why that value is refused; null where it asks for nothing that machines have not anyway. */
type Why = (value: string, flavor: Flavor, name: string) => string | null;

const always =
  (why: string): Why =>
  () =>
    why;
const but =
  (harmless: RegExp, why: string): Why =>
  (value) =>
    harmless.test(value.trim()) ? null : why;
const whereTrue =
  (why: string): Why =>
  (value, _flavor, name) =>
    isTrue(name, value) ? why : null;

const OWN_PROCESSORS = 'machines share the processors of their host.';
const NO_NUMA = 'hosts do not tell of their NUMA nodes.';
const NEEDS_RIGHTS = 'it needs rights on the host that its agent does not ask for.';
const NO_DEVICES = 'hosts give none of their devices to machines.';
const OTHER_HYPERVISOR = 'it is for another hypervisor than QEMU.';
const NOT_ENCRYPTED = 'disks of machines are not encrypted.';
const AMOUNTS = 'what a machine takes of its host is what its flavor has of processors, memory and disk.';

/** Of both, behind `hw:` and `hw_`. */
const SHARED: readonly (readonly [name: RegExp, why: Why])[] = [
  [/^cpu_policy$/, but(/^shared$/, OWN_PROCESSORS)],
  [/^cpu_thread_policy$/, always(OWN_PROCESSORS)],
  [/^(cpu_dedicated_mask|cpu_realtime_mask|emulator_threads_policy)$/, always(OWN_PROCESSORS)],
  [/^cpu_realtime$/, whereTrue(OWN_PROCESSORS)],
  [/^numa_(nodes|cpus\.\d+|mem\.\d+|prefer_preferred)$/, always(NO_NUMA)],
  [/^pci_numa_affinity_policy$/, always(NO_DEVICES)],
  [/^mem_page_size$/, but(/^(small|any)$/i, 'hosts hold no large pages back for machines.')],
  [/^mem_encryption$/, whereTrue('hosts do not encrypt the memory of machines.')],
  [/^mem_encryption_model$/, always('hosts do not encrypt the memory of machines.')],
  [/^locked_memory$/, whereTrue(NEEDS_RIGHTS)],
  [/^pmem$/, always('hosts have no persistent memory for machines.')],
  [/^serial_port_count$/, but(/^1$/, 'a machine has one serial port.')],
  [/^viommu_model$/, but(/^(none)?$/, 'machines have no IOMMU.')],
  [/^virtio_packed_ring$/, whereTrue('devices of machines use split rings.')],
  [/^maxphysaddr_(mode|bits)$/, always('the width of addresses is that of the processor.')],
  [/^ephemeral_encryption$/, whereTrue(NOT_ENCRYPTED)],
  [/^ephemeral_encryption_(format|secret_uuid)$/, always(NOT_ENCRYPTED)],
  [/^(sound_model|usb_model)$/, always('machines have no such device.')],
  [/^redirected_usb_ports$/, but(/^0*$/, 'machines have no such device.')],
  [/^tpm_secret_security$/, always('the state of a TPM lies with the machine, without a secret of its owner.')],
  [
    /^vif_multiqueue_enabled$/,
    (value, { vcpus }, name) => (vcpus > 1 && isTrue(name, value) ? 'network cards have one queue.' : null),
  ],
];

const SPECS: readonly (readonly [name: RegExp, why: Why])[] = [
  // Nova took it out; what it asked for is `watchdog_action`.
  [/^hw:watchdog$/, always('it is called hw:watchdog_action.')],
  [/^hw:max_(cpus|cores|sockets|threads)$/, always('it is called hw:cpu_max_sockets, _cores or _threads.')],
  [/^hw:max_cpu_/, always('it is called hw:cpu_max_sockets, _cores or _threads.')],
  [/^quota:(cpu|memory)_/, always(NEEDS_RIGHTS)],
  [/^quota:vif_/, always('the networks of machines do not limit them.')],
  [/^quota:disk_(?!(read|write|total)_(bytes|iops)_sec$)/, always(OTHER_HYPERVISOR)],
  [/^(vmware|powervm):/, always(OTHER_HYPERVISOR)],
  [/^os:(monitors|vcpus|resolution|vram)$/, always(OTHER_HYPERVISOR)],
  [/^accel:device_profile$/, always(NO_DEVICES)],
  [/^pci_passthrough:alias$/, always(NO_DEVICES)],
  [/^resources:/, (value, flavor, name) => (amountOf(name, flavor) === Number(value) ? null : AMOUNTS)],
  [/^(resources|trait)\w+:/, always('a machine takes all it needs from one provider, its host.')],
];

const PROPERTIES: readonly (readonly [name: RegExp, why: Why])[] = [
  [/^hw_scsi_model$/, but(/^virtio-scsi$/, 'the controller of SCSI disks is virtio-scsi.')],
  [/^hw_firmware_stateless$/, whereTrue('the variables of UEFI are kept.')],
  [/^hw_emulation_architecture$/, but(/^(x86_64|i686)$/, 'machines have the processor of their host.')],
  [/^(hw_vm_mode|vm_mode)$/, but(/^hvm$/, OTHER_HYPERVISOR)],
  [/^hw_disk_type$/, always(OTHER_HYPERVISOR)],
  [/^os_secure_boot_signature$/, always(OTHER_HYPERVISOR)],
  [/^os_command_line$/, but(/^$/, 'kernels start from the disk.')],
  [/^(kernel_id|ramdisk_id)$/, but(/^(nokernel)?$/, 'kernels start from the disk.')],
];

/** Throws where nothing here follows that extra spec of a flavor. */
export function refusedSpec(key: string, value: string, flavor: Flavor): void {
  refuse(SPECS, 'hw:', key, value, flavor);
}

/** The same of a property of an image. */
export function refusedProperty(name: string, value: string, flavor: Flavor): void {
  refuse(PROPERTIES, 'hw_', name, value, flavor);
}

function refuse(table: typeof SPECS, prefix: string, name: string, value: string, flavor: Flavor): void {
  const shared = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  const found =
    SHARED.find(([pattern]) => shared !== undefined && pattern.test(shared)) ??
    table.find(([pattern]) => pattern.test(name));
  const why = found?.[1](value, flavor, name) ?? null;
  if (why !== null) throw refusal(name, value, why);
}

/** What the scheduler counts of it anyway. */
function amountOf(name: string, { vcpus, ram, disk }: Flavor): number | undefined {
  const amounts = new Map([
    ['resources:VCPU', vcpus],
    ['resources:MEMORY_MB', ram],
    ['resources:DISK_GB', disk],
  ]);
  return amounts.get(name);
}
