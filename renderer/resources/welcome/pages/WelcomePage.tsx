import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function WelcomePage() {
  const { t } = useTranslation('welcome');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
