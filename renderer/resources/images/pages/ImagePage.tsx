import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function ImagePage() {
  const { t } = useTranslation('images');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
