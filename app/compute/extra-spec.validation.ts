import { UserError } from '../contract/errors.ts';

/** Namespaces Nova knows; keys in others (and without one) are anybody's. From microversion 2.86. */
const NAMESPACES = [
  'accel',
  'aggregate_instance_extra_specs',
  'capabilities',
  'hw',
  'hw_rng',
  'hw_video',
  'os',
  'pci_passthrough',
  'powervm',
  'quota',
  'resources',
  'trait',
  'vmware',
];

const COUNT = /^\d+$/;
const BOOLEAN = /^(true|false|yes|no|on|off|1|0)$/i;
const ANY = /^/;

/** What is known in them, with what a value may be. `{N}` of Nova's documents is a number, optional where it says so. */
const KNOWN: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/^accel:device_profile$/, ANY],
  [/^aggregate_instance_extra_specs:.+$/, ANY],
  [/^capabilities:.+$/, ANY],
  [/^hw:boot_menu$/, BOOLEAN],
  [/^hw:cpu_(cores|sockets|threads)$/, COUNT],
  [/^hw:(cpu|max)_(max_)?(cores|sockets|threads)$/, COUNT],
  [/^hw:max_(cpus|cores|sockets|threads)$/, COUNT],
  [/^hw:cpu_policy$/, /^(dedicated|shared|mixed)$/],
  [/^hw:cpu_thread_policy$/, /^(prefer|isolate|require)$/],
  [/^hw:(cpu_dedicated_mask|cpu_realtime_mask|pci_numa_affinity_policy|emulator_threads_policy)$/, ANY],
  [/^hw:(cpu_realtime|hide_hypervisor_id|mem_encryption|pmu|watchdog|vif_multiqueue_enabled|viommu_model)$/, ANY],
  [/^hw:(locked_memory|numa_prefer_preferred|pmem|serial_port_count)$/, ANY],
  [/^hw:input_bus$/, /^(usb|virtio)$/],
  [/^hw:tpm_model$/, /^tpm-(tis|crb)$/],
  [/^hw:tpm_version$/, /^(1\.2|2\.0)$/],
  [/^hw:(mem_encryption_model|maxphysaddr_mode|maxphysaddr_bits|virtio_packed_ring|tpm_secret_security)$/, ANY],
  [/^hw:(ephemeral_encryption|ephemeral_encryption_format|sound_model|usb_model|redirected_usb_ports)$/, ANY],
  [/^hw:mem_page_size$/, /^(small|large|any|\d+([KMGT]i?(B|b(it)?)?)?)$/i],
  [/^hw:numa_nodes$/, COUNT],
  [/^hw:numa_(cpus|mem)\.\d+$/, /^[\d,^-]+$/],
  [/^hw:watchdog_action$/, /^(none|pause|poweroff|reset|disabled)$/],
  [/^hw_rng:allowed$/, BOOLEAN],
  [/^hw_rng:rate_(bytes|period)$/, COUNT],
  [/^hw_video:ram_max_mb$/, COUNT],
  [/^os:(monitors|resolution|vcpus|vram)$/, ANY],
  [/^os:secure_boot$/, /^(required|disabled|optional)$/],
  [/^powervm:.+$/, ANY],
  [/^pci_passthrough:alias$/, ANY],
  [/^quota:(cpu|disk|vif|memory)_[a-z_]+$/, ANY],
  [/^resources\w*:[A-Z0-9_]+$/, COUNT],
  [/^trait\w*:[A-Z0-9_]+$/, /^(required|forbidden)$/],
  [/^vmware:.+$/, ANY],
];

/** 400 for keys that are misspelt and values that cannot be, in the namespaces that are known. */
export function assertKnownExtraSpecs(specs: Record<string, string>): void {
  for (const [key, value] of Object.entries(specs)) {
    const namespace = key.includes(':') ? (key.split(':')[0] ?? '').replace(/^(resources|trait)\w+$/, '$1') : undefined;
    if (namespace === undefined || !NAMESPACES.includes(namespace)) continue;
    const known = KNOWN.find(([pattern]) => pattern.test(key));
    if (!known) {
      throw new UserError(
        'bad_request',
        `Validation failed; extra spec '${key}' does not appear to be a valid extra spec.`,
        { field: `extra_specs.${key}` },
      );
    }
    if (!known[1].test(value)) {
      throw new UserError('bad_request', `Validation failed; '${value}' is not a valid value for '${key}'.`, {
        field: `extra_specs.${key}`,
      });
    }
  }
}
