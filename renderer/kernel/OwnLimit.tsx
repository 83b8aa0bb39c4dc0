import { useTranslation } from 'react-i18next';
import classes from './kernel.module.css';
import { formatAmount, type QuotaName } from './quota-names.ts';
import { tightest } from './tightest-bound.ts';
import { useOwnBounds } from './use-own-bounds.ts';

/** What is used of a limit while one is about to add to it; nothing where there is none. */
export function OwnLimit({ resource, adds }: { resource: QuotaName; adds: number }) {
  const { t } = useTranslation('quotas');
  const bound = tightest(useOwnBounds(), resource);
  if (!bound) return null;
  const isOver = bound.used + adds > bound.limit;
  const used = formatAmount(resource, bound.used);
  const limit = formatAmount(resource, bound.limit);
  return (
    <div className={isOver ? classes.overLimit : 'muted'} role={isOver ? 'alert' : undefined}>
      {t(isOver ? 'limit.over' : 'limit.used', { what: t(`name.${resource}`), used, limit })}
    </div>
  );
}
