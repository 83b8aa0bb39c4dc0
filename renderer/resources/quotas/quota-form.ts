import type { Quota } from '../../../app/contract/quota.ts';
import { DEFAULT_QUOTA, type QuotaOwner } from '../../api/quota.api.ts';
import { QUOTA_NAMES, type QuotaName } from '../../kernel/quota-names.ts';

/** Those that one person can have a part of, as in Nova. */
export const PERSONAL: readonly QuotaName[] = ['instances', 'cores', 'ram', 'key_pairs'];

/** Those whose use is counted; the others bound one machine or one group. */
const COUNTED: ReadonlySet<QuotaName> = new Set([
  'instances',
  'cores',
  'ram',
  'images',
  'image_size_total',
  'networks',
  'subnets',
  'ports',
  'key_pairs',
]);

/** Whether what is used is known: not of the defaults, and keys are a person's, not a project's. */
export function isCounted(name: QuotaName, { projectId, userId }: QuotaOwner): boolean {
  return COUNTED.has(name) && projectId !== DEFAULT_QUOTA && (name !== 'key_pairs' || userId !== undefined);
}

/** Amounts as typed; empty is unlimited. */
export type QuotaForm = Record<QuotaName, number | ''>;

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
