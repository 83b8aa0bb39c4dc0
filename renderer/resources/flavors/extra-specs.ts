import type { KeyValue } from '../../design/KeyValueEditor.tsx';

/** Those that do something, and the text that says what: `extraSpecs.known`. */
export const KNOWN_EXTRA_SPECS = [
  ['hw:cpu_sockets', 'sockets'],
  ['hw:cpu_cores', 'cores'],
  ['hw:cpu_threads', 'threads'],
  ['hw:watchdog_action', 'watchdog'],
  ['hw:tpm_version', 'tpmVersion'],
  ['hw:tpm_model', 'tpmModel'],
  ['os:secure_boot', 'secureBoot'],
  ['hw:boot_menu', 'bootMenu'],
  ['hw:hide_hypervisor_id', 'hideHypervisor'],
  ['hw:pmu', 'pmu'],
  ['hw:input_bus', 'inputBus'],
  ['hw_rng:allowed', 'rngAllowed'],
  ['hw_rng:rate_bytes', 'rngBytes'],
  ['hw_rng:rate_period', 'rngPeriod'],
  ['hw_video:ram_max_mb', 'videoRam'],
  ['quota:disk_read_bytes_sec', 'readBytes'],
  ['quota:disk_write_bytes_sec', 'writeBytes'],
  ['quota:disk_total_bytes_sec', 'totalBytes'],
  ['quota:disk_read_iops_sec', 'readIops'],
  ['quota:disk_write_iops_sec', 'writeIops'],
  ['quota:disk_total_iops_sec', 'totalIops'],
] as const;

export interface ExtraSpecChange {
  /** New keys and new values of old ones. */
  set: Record<string, string>;
  removed: string[];
}

/** What has to be asked for to get from one set of extra specs to another; null when nothing. */
export function changeOfExtraSpecs(
  before: Readonly<Record<string, string>>,
  after: readonly KeyValue[],
): ExtraSpecChange | null {
  const now = new Map(after.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), value.trim()]));
  const set = Object.fromEntries([...now].filter(([key, value]) => before[key] !== value));
  const removed = Object.keys(before).filter((key) => !now.has(key));
  return removed.length === 0 && Object.keys(set).length === 0 ? null : { set, removed };
}

const KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;

/** The first key that the Compute API would refuse. */
export function refusedKey(pairs: readonly KeyValue[]): string | undefined {
  return pairs.map(({ key }) => key.trim()).find((key) => key !== '' && !KEY.test(key));
}
