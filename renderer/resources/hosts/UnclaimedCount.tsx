import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/formatters.ts';
import { useUnclaimed } from './hooks/use-unclaimed.ts';
import classes from './hosts.module.css';

/** How much is unclaimed, for administrators; nothing where nothing is. */
export function UnclaimedCount() {
  const { t } = useTranslation('hosts');
  const count = useUnclaimed().data?.count ?? 0;
  if (count === 0) return null;
  return (
    <span className={classes.tabCount} title={t('unclaimed.count', { count })}>
      {formatNumber(count)}
    </span>
  );
}
