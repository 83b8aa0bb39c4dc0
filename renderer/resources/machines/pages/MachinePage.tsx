import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function MachinePage() {
  const { t } = useTranslation('machines');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
