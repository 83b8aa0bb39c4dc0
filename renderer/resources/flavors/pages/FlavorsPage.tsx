import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function FlavorsPage() {
  const { t } = useTranslation('flavors');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
