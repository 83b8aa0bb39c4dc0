import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../design/duration.ts';
import { StateBadge } from '../../design/StateBadge.tsx';

/** The day a password ends; one that has ended is worth a look. */
export function PasswordExpiry({ at }: { at: string | null | undefined }) {
  const { t } = useTranslation('people');
  if (!at) return <span className="muted">{t('never')}</span>;
  return Date.parse(at) < Date.now() ? (
    <StateBadge tone="warning" label={t('expired')} title={formatDateTime(at)} />
  ) : (
    <time className="numeric" dateTime={at}>
      {formatDateTime(at)}
    </time>
  );
}
