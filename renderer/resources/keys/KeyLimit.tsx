import { useTranslation } from 'react-i18next';
import { useOwnBounds } from '../quotas/hooks/use-own-bounds.ts';
import { tightest } from '../quotas/tightest-bound.ts';
import classes from './keys.module.css';

/** How many keys one has, and may have, while one is about to make another. */
export function KeyLimit() {
  const { t } = useTranslation('keys');
  const bound = tightest(useOwnBounds(), 'key_pairs');
  if (!bound) return null;
  const isFull = bound.used >= bound.limit;
  return (
    <div className={isFull ? classes.limitFull : 'muted'} role={isFull ? 'alert' : undefined}>
      {t(isFull ? 'limit.full' : 'limit.used', { used: bound.used, limit: bound.limit })}
    </div>
  );
}
