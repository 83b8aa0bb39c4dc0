import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';

export function LaunchPage() {
  const { t } = useTranslation('launch');
  return (
    <Page>
      <PageHeader title={t('title')} />
    </Page>
  );
}
