import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../../api/session.ts';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { PanelTabs } from '../../../design/PanelTabs.tsx';
import { ApplicationCredentialsTab } from '../ApplicationCredentialsTab.tsx';
import classes from '../account.module.css';
import { Ec2Tab } from '../Ec2Tab.tsx';
import { PasswordSection } from '../PasswordSection.tsx';
import { ProfileTab } from '../ProfileTab.tsx';
import { TotpSection } from '../TotpSection.tsx';

/** What concerns the signed-in person alone. */
export function AccountPage() {
  const { t } = useTranslation('account');
  const { tab } = useSearch({ from: '/frame/account' });
  const navigate = useNavigate();
  const session = useSession();
  if (!session) return null;
  const tabs = [
    {
      id: 'profile',
      label: t('tab.profile'),
      isFilling: true,
      content: () => (
        <div className={classes.document}>
          <ProfileTab session={session} />
        </div>
      ),
    },
    {
      id: 'security',
      label: t('tab.security'),
      content: () => (
        <div className={classes.document}>
          <PasswordSection session={session} />
          <TotpSection session={session} />
        </div>
      ),
      isFilling: true,
    },
    {
      id: 'application-credentials',
      label: t('tab.applicationCredentials'),
      content: () => <ApplicationCredentialsTab session={session} />,
      isFilling: true,
    },
    { id: 'ec2', label: t('tab.ec2'), content: () => <Ec2Tab session={session} />, isFilling: true },
  ];
  return (
    <Page>
      <PageHeader title={t('title')} />
      <PanelTabs
        tabs={tabs}
        open={tab}
        onOpen={(id) => void navigate({ to: '/account', search: id ? { tab: id } : {} })}
      />
    </Page>
  );
}
