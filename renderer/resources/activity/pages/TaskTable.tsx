import { Button } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskView } from '../../../../app/contract/task.ts';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { TimeAgo } from '../../../design/Figures.tsx';
import { LinkButton } from '../../../design/LinkButton.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useAllTasks } from '../../tasks/hooks/use-tasks.ts';
import { rowProgressOf } from '../../tasks/SubjectTasksProvider.tsx';
import { TaskEntry } from '../../tasks/TaskEntry.tsx';
import { describeTask, isActive, TASK_TONES } from '../../tasks/task-text.ts';
import classes from '../activity.module.css';

export function TaskTable() {
  const { t } = useTranslation(['activity', 'tasks', 'machines']);
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/activity' });
  const { recent, pages, tasks } = useAllTasks();
  const mayLaunch = mayDo('os_compute_api:servers:create', useCurrentUser()).allowed;
  const shown = tasks?.find((task) => task.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/activity', search: (before) => ({ ...before, panel: id }) });

  const columns = useMemo<Column<TaskView>[]>(
    () => [
      {
        id: 'state',
        header: t('state'),
        value: (task) => task.state,
        cell: (task) => <StateBadge tone={TASK_TONES[task.state]} label={t(`tasks:state.${task.state}`)} />,
        width: 128,
        filter: { label: (state) => t(`tasks:state.${state as TaskView['state']}`) },
      },
      { id: 'kind', header: t('task'), value: describeTask, width: { min: 160, share: 1 }, filter: {}, isFixed: true },
      {
        id: 'subject',
        header: t('about'),
        value: (task) => task.subject.name ?? task.subject.id,
        width: { min: 184, share: 3 },
      },
      {
        id: 'message',
        header: t('outcome'),
        value: (task) => task.error?.message,
        width: { min: 160, share: 3 },
      },
      {
        id: 'created',
        header: t('started'),
        value: (task) => task.createdAt,
        cell: (task) => <TimeAgo time={task.createdAt} />,
        width: 104,
        align: 'end',
        isUnsearched: true,
      },
    ],
    [t],
  );

  return (
    <>
      <DataTable
        id="tasks"
        label={t('tasks')}
        columns={columns}
        rows={tasks}
        error={recent.error ?? pages.error}
        onRetry={() => void Promise.all([recent.refetch(), pages.refetch()])}
        countLabel={(count) => t(pages.hasNextPage ? 'newestTasks' : 'taskCount', { count })}
        searchLabel={t('searchTasks')}
        defaultSort="-created"
        onOpen={(task) => open(task.id)}
        rowProgress={(task) => (isActive(task) ? rowProgressOf(task) : null)}
        empty={
          <EmptyState
            icon={<IconListCheck size={32} stroke={1.5} />}
            title={t('noTasks')}
            text={t('noTasksText')}
            action={mayLaunch && <LinkButton to="/launch">{t('machines:launch')}</LinkButton>}
          />
        }
      />
      {pages.hasNextPage && (
        <div className={classes.older}>
          <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('olderTasks')}
          </Button>
        </div>
      )}
      {shown && (
        <DetailPanel title={describeTask(shown)} onClose={() => open(undefined)}>
          <ul className={classes.one}>
            <TaskEntry task={shown} />
          </ul>
        </DetailPanel>
      )}
    </>
  );
}
