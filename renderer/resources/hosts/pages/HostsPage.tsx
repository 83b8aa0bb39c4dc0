import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function HostsPage() {
  const { t } = useTranslation('hosts');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
