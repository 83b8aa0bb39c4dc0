import type { Quota } from '../../../app/contract/quota.ts';
import { formatMemory } from '../machines/machine-state.ts';

/** In the order they are shown: what machines take, then what else there is. */
export const QUOTA_NAMES = [
  'instances',
  'cores',
  'ram',
  'images',
  'image_size_total',
  'ports',
  'key_pairs',
  'metadata_items',
  'server_groups',
  'server_group_members',
] as const;
export type QuotaName = (typeof QUOTA_NAMES)[number];

/** Those that one person can have a part of, as in Nova. */
export const PERSONAL: readonly QuotaName[] = ['instances', 'cores', 'ram', 'key_pairs'];

/** Those whose use is counted; the others bound one machine or one group. */
export const COUNTED: ReadonlySet<QuotaName> = new Set([
  'instances',
  'cores',
  'ram',
  'images',
  'image_size_total',
  'ports',
  'key_pairs',
]);

/** Amounts as typed; empty is unlimited. */
export type QuotaForm = Record<QuotaName, number | ''>;

export function formatAmount(name: QuotaName, value: number): string {
  return name === 'ram' || name === 'image_size_total' ? formatMemory(value) : String(value);
}

export function toQuotaForm(limits: Quota['limits']): QuotaForm {
  const amount = (name: QuotaName) => {
    const limit = limits[name]?.limit ?? -1;
    return limit < 0 ? ('' as const) : limit;
  };
  return Object.fromEntries(QUOTA_NAMES.map((name) => [name, amount(name)])) as QuotaForm;
}

/** Only what was changed, so that defaults stay defaults. */
export function changedLimits(before: QuotaForm, after: QuotaForm): Partial<Record<QuotaName, number>> {
  const changed = QUOTA_NAMES.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(changed.map((name) => [name, after[name] === '' ? -1 : after[name]]));
}
