import { formatMemory } from '../design/byte-size.ts';

/** In the order they are shown: what machines take, then what else there is. */
export const QUOTA_NAMES = [
  'instances',
  'cores',
  'ram',
  'images',
  'image_size_total',
  'networks',
  'subnets',
  'ports',
  'key_pairs',
  'metadata_items',
  'injected_files',
  'injected_file_content_bytes',
  'injected_file_path_bytes',
  'server_groups',
  'server_group_members',
] as const;
export type QuotaName = (typeof QUOTA_NAMES)[number];

export function formatAmount(name: QuotaName, value: number): string {
  return name === 'ram' || name === 'image_size_total' ? formatMemory(value) : String(value);
}
