import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import type { TaskView } from '../../../app/contract/task.ts';
import { CloudError } from '../../api/cloud-error.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { LinkButton } from '../../design/LinkButton.tsx';
import { useIsAway } from '../../kernel/AwayHostsProvider.tsx';
import { standingFailure } from '../tasks/failed-task.ts';
import { useTasksOf } from '../tasks/hooks/use-tasks.ts';
import { dismissFailure, useSeenFailures } from '../tasks/seen-failures.store.ts';
import { toTaskError } from '../tasks/task-error.ts';
import { describeTask } from '../tasks/task-text.ts';
import { useMachineAction } from './hooks/use-machine-actions.ts';
import { describeSize, hasConsole } from './machine-state.ts';
import classes from './machines.module.css';
import { SafetyNotice } from './SafetyNotice.tsx';
import { hideFailure } from './tell-failure.ts';

/** What went wrong last, and the way on from there; above every tab of the machine. */
export function MachineNotices({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const isAway = useIsAway()(server) && hasConsole(server);
  const failure = standingFailure(useTasksOf(server.id).data ?? []);
  useEffect(() => {
    if (failure) hideFailure(failure);
  }, [failure]);
  const { dismissed } = useSeenFailures();
  const isDismissed = failure !== undefined && dismissed.includes(failure.id);
  return (
    <>
      {isAway && (
        <div className={classes.notice}>
          <div className={classes.warning} role="alert">
            <div className={classes.warningTitle}>{t('hostAway.title')}</div>
            <div className={classes.away}>
              <span>{t('hostAway.text')}</span>
              <Link to="/hosts">{t('hostAway.hosts')}</Link>
            </div>
          </div>
        </div>
      )}
      <SafetyNotice server={server} dismissed={dismissed} dismiss={dismissFailure} />
      {server.status === 'VERIFY_RESIZE' && <Unconfirmed server={server} />}
      {server.status === 'ERROR' ? (
        <Fault server={server} failure={failure} />
      ) : (
        failure && !isDismissed && <LastFailure server={server} failure={failure} />
      )}
      {server.fault && server.status !== 'ERROR' && !failure && (
        <div className={classes.notice}>
          <ErrorAlert error={faultOf(server.fault)} title={t('lastProblem')} />
        </div>
      )}
    </>
  );
}

/** It has another size, and the one of before is kept for it until somebody decides. */
function Unconfirmed({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const [confirm, revert] = [useMachineAction('confirm-resize'), useMachineAction('revert-resize')];
  return (
    <div className={classes.notice}>
      <div className={classes.warning} role="status">
        <div className={classes.warningTitle}>
          {t('unconfirmed.title', { size: server.flavor.original_name, has: describeSize(server.flavor) })}
        </div>
        {t('unconfirmed.text')}
        <Group gap={8} mt={8}>
          {confirm && <ActionButton action={confirm} things={[server]} />}
          {revert && <ActionButton action={revert} things={[server]} />}
        </Group>
      </div>
    </div>
  );
}

/** An action that failed and left the machine as it was. */
function LastFailure({ server, failure }: { server: ServerView; failure: TaskView }) {
  const { t } = useTranslation('machines');
  const dismiss = () => dismissFailure(failure.id);
  const [shutDown, forceOff] = [useMachineAction('shut-down'), useMachineAction('force-off')];
  const didNotObey =
    failure.kind === 'server.stop' && failure.error?.code === 'timeout' && server['OS-EXT-STS:vm_state'] === 'active';
  return (
    <div className={classes.notice}>
      {didNotObey ? (
        <div className={classes.warning} role="alert">
          <div className={classes.warningTitle}>{t('notOff.title', { name: server.name })}</div>
          {t('notOff.text')}
          <Group gap={8} mt={8}>
            {shutDown && <ActionButton action={shutDown} things={[server]} />}
            {forceOff && <ActionButton action={forceOff} things={[server]} />}
            <Button variant="subtle" onClick={dismiss}>
              {t('failed.dismiss')}
            </Button>
          </Group>
        </div>
      ) : (
        <ErrorAlert
          error={toTaskError(failure)}
          title={t('failed.title', { what: describeTask(failure) })}
          action={{ label: t('failed.dismiss'), run: dismiss }}
        />
      )}
    </div>
  );
}

/** A machine that is of no use as it is. One that never ran can be launched again as it was wanted. */
function Fault({ server, failure }: { server: ServerView; failure: TaskView | undefined }) {
  const { t } = useTranslation('machines');
  const neverRan = server['OS-SRV-USG:launched_at'] === null;
  const remove = useMachineAction('delete');
  const error = failure?.error ? toTaskError(failure) : server.fault && faultOf(server.fault);
  if (!error) return null;
  return (
    <div className={classes.notice}>
      <ErrorAlert error={error} title={t('faultTitle')} />
      <Group gap={8} mt={8}>
        {neverRan && (
          <LinkButton to="/launch" search={{ again: server.id }} variant="default">
            {t('launchAgain')}
          </LinkButton>
        )}
        {remove && <ActionButton action={remove} things={[server]} />}
      </Group>
    </div>
  );
}

/** Nova's fault has the sentence with what to do; its details are for administrators. */
function faultOf(fault: NonNullable<ServerView['fault']>): CloudError {
  return new CloudError(fault.message, { status: fault.code, code: 'unexpected' });
}
