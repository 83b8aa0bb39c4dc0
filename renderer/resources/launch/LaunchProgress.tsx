import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskView } from '../../../app/contract/task.ts';
import { getTask } from '../../api/v1.api.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { LinkButton } from '../../design/LinkButton.tsx';
import { StateBadge, type StateTone } from '../../design/StateBadge.tsx';
import { TaskSteps } from '../machines/TaskSteps.tsx';
import { hideFailure } from '../machines/tell-failure.ts';
import { CancelTaskButton } from '../tasks/CancelTaskButton.tsx';
import { useRecentTasks, useTasksOf } from '../tasks/hooks/use-tasks.ts';
import { toTaskError } from '../tasks/task-error.ts';
import { describeTask } from '../tasks/task-text.ts';
import classes from './launch.module.css';
import { cancelLaunch, type Launch } from './launch.store.ts';

/** The launch as it happens: the image's import if there is one, then the machine's own steps; then its console. */
export function LaunchProgress({ serverId, launch }: { serverId: string | null; launch: Launch | undefined }) {
  const { t } = useTranslation('launch');
  const build = useBuildTask(serverId);
  const isRunning = build?.state === 'succeeded';
  useOpenWhenRunning(serverId, isRunning, launch);
  const failure = launch?.phase === 'failed' ? launch.error : build?.error ? toTaskError(build) : null;
  useEffect(() => {
    if (build?.state === 'failed') hideFailure(build);
  }, [build]);
  const isCancelled = launch?.phase === 'cancelled' || build?.state === 'cancelled';
  const isOver = failure !== null || isCancelled || isRunning;
  const tone: StateTone = failure ? 'failed' : isCancelled ? 'stopped' : isRunning ? 'running' : 'busy';
  const name = launch?.name ?? build?.subject.name ?? '';
  return (
    <div className={classes.progress}>
      <div className={classes.progressHead}>
        <StateBadge tone={tone} label="" />
        <h2>
          {t(
            failure
              ? 'progress.failed'
              : isCancelled
                ? 'progress.cancelled'
                : isRunning
                  ? 'progress.runs'
                  : 'progress.title',
            {
              name,
            },
          )}
        </h2>
      </div>
      {launch?.importTask && <ImportBlock taskId={launch.importTask} />}
      <div className={classes.progressBlock}>
        <h3>{t('progress.machine')}</h3>
        {build ? <TaskSteps task={build} /> : <span className="muted">{t('progress.waits')}</span>}
      </div>
      {failure !== null && <ErrorAlert error={failure} />}
      {launch?.adminPass && launch.values.adminPass === '' && launch.source.isBuiltIn && (
        <div className={classes.progressBlock}>
          <h3>{t('progress.password')}</h3>
          <CopyText value={launch.adminPass} />
          <div className="muted">{t('progress.passwordHint')}</div>
        </div>
      )}
      <div className={classes.progressButtons}>
        {!isOver && <CancelButton build={build} launch={launch} />}
        {serverId && !isCancelled && (
          <Button component={Link} to={`/machines/${serverId}`} variant="default">
            {t('progress.toMachine')}
          </Button>
        )}
        {failure !== null && (
          <LinkButton to="/launch" search={{ again: serverId ?? launch?.id }}>
            {t('progress.again')}
          </LinkButton>
        )}
        {isOver && failure === null && (
          <Button component={Link} to="/launch" variant="default">
            {t('progress.another')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The machine's launch, from the list that events keep current. */
function useBuildTask(serverId: string | null): TaskView | undefined {
  const ofSubject = useTasksOf(serverId ?? '').data;
  const recent = useRecentTasks().data;
  if (serverId === null) return undefined;
  const isIt = (task: TaskView): boolean => task.kind === 'server.build' && task.subject.id === serverId;
  return recent?.find(isIt) ?? ofSubject?.find(isIt);
}

function ImportBlock({ taskId }: { taskId: string }) {
  const known = useRecentTasks().data?.find((task) => task.id === taskId);
  const read = useQuery({
    queryKey: ['tasks', 'one', taskId],
    queryFn: ({ signal }) => getTask(taskId, signal),
    enabled: known === undefined,
  });
  const task = known ?? read.data;
  if (!task) return null;
  return (
    <div className={classes.progressBlock}>
      <h3>{describeTask(task)}</h3>
      <TaskSteps task={task} />
    </div>
  );
}

function CancelButton({ build, launch }: { build: TaskView | undefined; launch: Launch | undefined }) {
  const { t } = useTranslation('launch');
  if (build) return <CancelTaskButton task={build} label={t('progress.cancel')} variant="default" />;
  if (launch?.phase !== 'importing') return null;
  return (
    <Button variant="default" onClick={() => cancelLaunch(launch.id)}>
      {t('progress.cancel')}
    </Button>
  );
}

/** Machines whose console has opened by itself: going back to their launch stays there. */
const opened = new Set<string>();

/**
 * Once, and only for who launched it in this window or watched it come up: opening the address of a finished launch
 * stays where it is. A launch may be over before its steps are on the screen.
 */
function useOpenWhenRunning(serverId: string | null, isRunning: boolean, launch: Launch | undefined): void {
  const navigate = useNavigate();
  const isAwaited = useRef(launch !== undefined || !isRunning);
  const opens = launch?.values.opens ?? 'screen';
  useEffect(() => {
    if (!isRunning || !serverId || !isAwaited.current || opened.has(serverId) || opens === 'nothing') return;
    opened.add(serverId);
    void navigate({ to: '/machines/$id', params: { id: serverId }, search: { tab: opens }, replace: true });
  }, [isRunning, serverId, opens, navigate]);
}
