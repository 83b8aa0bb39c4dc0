import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { StaleDatabase as Stale } from '../../../app/contract/unclaimed.ts';
import { formatDateTime } from '../../design/duration.ts';
import classes from './hosts.module.css';

/** The database is not as new as its folder: what that means, and what to do. */
export function StaleDatabase({ stale }: { stale: Stale }) {
  const { t } = useTranslation('hosts');
  return (
    <div className={classes.stale} role="status">
      <IconAlertTriangle size={16} aria-hidden="true" />
      <div>
        <strong>{t(`unclaimed.stale.${stale.kind}`)}</strong>
        <p>{t('unclaimed.stale.text', { time: formatDateTime(stale.since) })}</p>
      </div>
    </div>
  );
}
