import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DEFAULT_QUOTA } from '../../../api/quota.api.ts';
import type { CurrentUser } from '../../../api/session.ts';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { ElsewherePage } from '../../../kernel/ElsewherePage.tsx';
import { useQuota } from '../../../kernel/use-quota.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { PersonQuota } from '../PersonQuota.tsx';
import { QuotaUsage } from '../QuotaUsage.tsx';
import classes from '../quotas.module.css';

/** What one's own project may use, and for administrators what every project may that has no limits of its own. */
export function QuotasPage() {
  const { t } = useTranslation('quotas');
  const navigate = useNavigate();
  const user = useCurrentUser();
  const { tab } = useSearch({ from: '/frame/quotas' });
  const mayChange = mayDo('v1:quotas:update', user).allowed;
  const hasProject = user.projectId !== '';
  const shown = mayChange && (tab === 'defaults' || !hasProject) ? 'defaults' : 'project';
  if (!hasProject && !mayChange) return <ElsewherePage page={t('title')} />;
  return (
    <Page>
      <PageHeader title={t('title')} />
      {mayChange && hasProject && (
        <Tabs
          value={shown}
          onChange={(value) => void navigate({ to: '/quotas', search: value === 'defaults' ? { tab: value } : {} })}
          mb={8}
        >
          <Tabs.List>
            <Tabs.Tab value="project">{t('ofProject', { name: user.projectName })}</Tabs.Tab>
            <Tabs.Tab value="defaults">{t('defaults')}</Tabs.Tab>
          </Tabs.List>
        </Tabs>
      )}
      <div className={classes.page}>
        <p className="muted">{t(shown === 'defaults' ? 'defaultsText' : 'projectText')}</p>
        {shown === 'defaults' ? (
          <QuotaUsage owner={{ projectId: DEFAULT_QUOTA }} name={t('defaults')} mayChange />
        ) : (
          <>
            <QuotaUsage owner={{ projectId: user.projectId }} name={user.projectName} mayChange={mayChange} />
            {mayChange ? <PersonQuota projectId={user.projectId} /> : <OwnPart user={user} />}
          </>
        )}
      </div>
    </Page>
  );
}

/** What one may use oneself, where that is less than all of the project's. */
function OwnPart({ user }: { user: CurrentUser }) {
  const { t } = useTranslation('quotas');
  const owner = { projectId: user.projectId, userId: user.id };
  const isLimited = Object.values(useQuota(owner).data ?? {}).some(({ isOwn }) => isOwn);
  if (!isLimited) return null;
  return (
    <section className={classes.person}>
      <h3>{t('person.own')}</h3>
      <QuotaUsage owner={owner} name={user.name} mayChange={false} />
    </section>
  );
}
