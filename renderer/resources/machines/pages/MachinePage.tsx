import { Tabs } from '@mantine/core';
import {
  IconCamera,
  IconChartLine,
  IconCpu,
  IconDeviceDesktop,
  IconFileText,
  IconHistory,
  IconInfoCircle,
  IconPlayerTrackNext,
  IconTerminal2,
} from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { isNotFound } from '../../../api/cloud-error.ts';
import { ConsolePane } from '../../../consoles/ConsolePane.tsx';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { useThingCommands } from '../../../kernel/use-thing-commands.ts';
import { NeedsRight } from '../../../session/NeedsRight.tsx';
import { useMachineActions } from '../hooks/use-machine-actions.ts';
import { useServer } from '../hooks/use-servers.ts';
import { MachineNotices } from '../MachineNotices.tsx';
import { MachineState } from '../MachineState.tsx';
import { MachineTitle } from '../MachineTitle.tsx';
import classes from '../machines.module.css';
import { HardwareTab } from './HardwareTab.tsx';
import { HistoryTab } from './HistoryTab.tsx';
import { LogTab } from './LogTab.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { SnapshotsTab } from './SnapshotsTab.tsx';
import { StartupTab } from './StartupTab.tsx';
import { StatisticsTab } from './StatisticsTab.tsx';

const TABS = [
  { id: 'overview', icon: IconInfoCircle },
  { id: 'screen', icon: IconDeviceDesktop },
  { id: 'terminal', icon: IconTerminal2 },
  { id: 'log', icon: IconFileText },
  { id: 'statistics', icon: IconChartLine },
  { id: 'startup', icon: IconPlayerTrackNext },
  { id: 'hardware', icon: IconCpu },
  { id: 'snapshots', icon: IconCamera },
  { id: 'history', icon: IconHistory },
] as const;
type TabId = (typeof TABS)[number]['id'];

/** Those that are buttons here; the rest is in the menu beside them. */
const BUTTONS = ['machine.start', 'machine.shut-down', 'machine.reboot'];

/** One machine: its address is a link, and so is each of its tabs. */
export function MachinePage() {
  const { t } = useTranslation('machines');
  const { id } = useParams({ from: '/frame/machines/$id' });
  const server = useServer(id);
  const back = <Link to="/machines">{t('title')}</Link>;
  if (server.data && !isNotFound(server.error)) return <Machine key={id} server={server.data} back={back} />;
  return (
    <Page>
      <PageHeader title={'\u00a0'} back={back} />
      {isNotFound(server.error) ? (
        <EmptyState title={t('gone')} text={t('goneText')} action={<Link to="/machines">{t('toList')}</Link>} />
      ) : (
        server.error && (
          <div className={classes.notice}>
            <ErrorAlert error={server.error} onRetry={() => void server.refetch()} />
          </div>
        )
      )}
    </Page>
  );
}

function Machine({ server, back }: { server: ServerView; back: ReactNode }) {
  const { t } = useTranslation('machines');
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/machines/$id' });
  const tab: TabId = TABS.find((each) => each.id === search.tab)?.id ?? 'overview';
  const open = (next: string | null): void => {
    void navigate({
      to: '/machines/$id',
      params: { id: server.id },
      search: next === null || next === 'overview' ? {} : { tab: next },
      replace: true,
    });
  };
  const actions = useMachineActions();
  const [buttons = [], others = []] = [true, false].map((isButton) =>
    actions.filter(({ id }) => BUTTONS.includes(id) === isButton),
  );
  useThingCommands(actions, server, server.name);
  return (
    <Page>
      <PageHeader
        back={back}
        title={<MachineTitle server={server} />}
        state={<MachineState server={server} />}
        actions={
          <>
            {buttons.map((action) => (
              <ActionButton key={action.id} action={action} things={[server]} />
            ))}
            <ActionMenu actions={others} things={[server]} />
          </>
        }
      />
      <MachineNotices server={server} />
      <Tabs value={tab} onChange={open} keepMounted={false} className={classes.tabs}>
        <Tabs.List className={classes.tabList}>
          {TABS.map(({ id, icon: TabIcon }) => (
            <Tabs.Tab key={id} value={id} leftSection={<TabIcon size={16} stroke={1.5} aria-hidden="true" />}>
              {t(`tab.${id}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" className={classes.tabPanel}>
          <OverviewTab server={server} onScreen={() => open('screen')} />
        </Tabs.Panel>
        <Tabs.Panel value="screen" className={classes.tabPanel} data-fills>
          <NeedsRight rule="os_compute_api:os-remote-consoles" title={t('noConsoleRight')}>
            <ConsolePane serverId={server.id} type="vnc" title={server.name} place="page" />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="terminal" className={classes.tabPanel} data-fills>
          <NeedsRight rule="os_compute_api:os-remote-consoles" title={t('noConsoleRight')}>
            <ConsolePane serverId={server.id} type="serial" title={server.name} place="page" />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="log" className={classes.tabPanel} data-fills>
          <NeedsRight rule="os_compute_api:os-console-output" title={t('noLogRight')}>
            <LogTab server={server} />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="statistics" className={classes.tabPanel}>
          <NeedsRight rule="v1:servers:statistics" title={t('noStatisticsRight')}>
            <StatisticsTab server={server} />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="startup" className={classes.tabPanel}>
          <NeedsRight rule="v1:servers:startup" title={t('noStartupRight')}>
            <StartupTab server={server} />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="hardware" className={classes.tabPanel}>
          <NeedsRight rule="v1:servers:hardware" title={t('noHardwareRight')}>
            <HardwareTab server={server} />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="snapshots" className={classes.tabPanel}>
          <NeedsRight rule="get_images" title={t('noSnapshotsRight')}>
            <SnapshotsTab server={server} />
          </NeedsRight>
        </Tabs.Panel>
        <Tabs.Panel value="history" className={classes.tabPanel}>
          <HistoryTab server={server} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
