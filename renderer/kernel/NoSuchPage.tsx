import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../design/EmptyState.tsx';

/** At an address that leads nowhere. */
export function NoSuchPage() {
  const { t } = useTranslation('shell');
  return (
    <EmptyState
      title={t('notFound.title')}
      text={t('notFound.text')}
      action={<Link to="/machines">{t('notFound.back')}</Link>}
    />
  );
}
