import { Button, SegmentedControl } from '@mantine/core';
import { IconDeviceDesktop, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { rowProgressOf, useSubjectTasks } from '../../tasks/SubjectTasksProvider.tsx';
import { useKeptSeconds, useMachineActions } from '../hooks/use-machine-actions.ts';
import { useMachineColumns } from '../hooks/use-machine-columns.tsx';
import { type ServerChoice, useServersOf } from '../hooks/use-servers.ts';

/** Every machine of the project; for administrators, of every project. */
export function MachinesPage() {
  const { t } = useTranslation('machines');
  const navigate = useNavigate();
  const user = useCurrentUser();
  const search = useSearch({ from: '/frame/machines' });
  const maySeeAll = mayDo('os_compute_api:servers:detail:get_all_tenants', user).allowed;
  const choices: ServerChoice[] = [
    'own',
    ...(maySeeAll ? (['all'] as const) : []),
    ...(useKeptSeconds() > 0 ? (['deleted'] as const) : []),
  ];
  const choice = choices.find((each) => each === search.projects) ?? 'own';
  const isEverywhere = choice === 'all';
  const servers = useServersOf(choice);
  const tasks = useSubjectTasks();
  const columns = useMachineColumns(isEverywhere);
  const actions = useMachineActions();
  const mayLaunch = mayDo('os_compute_api:servers:create', user).allowed;
  useShortcut({ keys: 'N', label: t('launch'), group: t('title') }, () => {
    if (mayLaunch) void navigate({ to: '/launch' });
  });
  const launch = mayLaunch && (
    <Button component={Link} to="/launch" leftSection={<IconPlus size={16} aria-hidden="true" />}>
      {t('launch')}
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title={t('title')}
        actions={
          <>
            {choices.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={t('projects.label')}
                value={choice}
                onChange={(value) =>
                  void navigate({
                    to: '/machines',
                    search: (before) => ({ ...before, projects: value === 'own' ? undefined : value }),
                    replace: true,
                  })
                }
                data={choices.map((value) => ({ value, label: t(`projects.${value}`) }))}
              />
            )}
            {launch}
          </>
        }
      />
      <DataTable
        id="machines"
        label={t('title')}
        columns={columns}
        rows={servers.data}
        error={servers.error}
        onRetry={() => void servers.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="-age"
        actions={actions}
        onOpen={(server) => void navigate({ to: '/machines/$id', params: { id: server.id } })}
        rowProgress={(server) => rowProgressOf(tasks.get(server.id))}
        empty={
          <EmptyState
            icon={<IconDeviceDesktop size={32} stroke={1.5} />}
            title={t(choice === 'deleted' ? 'noneDeleted' : 'none')}
            text={choice === 'deleted' ? '' : t(mayLaunch ? 'noneText' : 'noneToSee')}
            action={launch}
          />
        }
      />
    </Page>
  );
}
