import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { AuditTab } from './AuditTab.tsx';
import { EventTable } from './EventTable.tsx';
import { TaskTable } from './TaskTable.tsx';

/** What happened in the cloud, and the long work behind it. */
export function ActivityPage() {
  const { t } = useTranslation('activity');
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/frame/activity' });
  const shown = tab === 'tasks' || tab === 'audit' ? tab : 'events';
  return (
    <Page>
      <PageHeader title={t('title')} />
      <Tabs
        value={shown}
        onChange={(value) =>
          void navigate({ to: '/activity', search: value === null || value === 'events' ? {} : { tab: value } })
        }
        mb={8}
      >
        <Tabs.List>
          <Tabs.Tab value="events">{t('events')}</Tabs.Tab>
          <Tabs.Tab value="tasks">{t('tasks')}</Tabs.Tab>
          <Tabs.Tab value="audit">{t('audit')}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {shown === 'events' && <EventTable />}
      {shown === 'tasks' && <TaskTable />}
      {shown === 'audit' && <AuditTab />}
    </Page>
  );
}
