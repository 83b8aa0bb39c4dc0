import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function KeysPage() {
  const { t } = useTranslation('keys');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
