import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { CloudError } from '../../api/cloud-error.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { useTasksOf } from '../tasks/hooks/use-tasks.ts';
import { deleteMachine } from './actions/delete-machine.action.ts';
import { forceOffMachine } from './actions/force-off-machine.action.ts';
import { shutDownMachine } from './actions/shut-down-machine.action.ts';
import classes from './machines.module.css';

/** What went wrong last, and the way on from there. */
export function MachineNotices({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const last = useTasksOf(server.id).data?.[0];
  const didNotObey =
    last?.kind === 'server.stop' &&
    last.state === 'failed' &&
    last.error?.code === 'timeout' &&
    server['OS-EXT-STS:vm_state'] === 'active';
  if (didNotObey) {
    return (
      <div className={classes.notice}>
        <div className={classes.warning} role="alert">
          <div className={classes.warningTitle}>{t('notOff.title', { name: server.name })}</div>
          {t('notOff.text')}
          <Group gap={8} mt={8}>
            <ActionButton action={shutDownMachine} things={[server]} />
            <ActionButton action={forceOffMachine} things={[server]} />
          </Group>
        </div>
      </div>
    );
  }
  if (!server.fault) return null;
  const error = last?.state === 'failed' && last.error ? last.error : null;
  const fault = new CloudError(server.fault.message, {
    status: server.fault.code,
    code: error?.code ?? 'unexpected',
    hint: error?.hint ?? server.fault.details,
    origin: error?.origin,
    requestId: last?.requestId,
  });
  return (
    <div className={classes.notice}>
      <ErrorAlert error={fault} title={t(server.status === 'ERROR' ? 'faultTitle' : 'lastProblem')} />
      {server.status === 'ERROR' && (
        <Group gap={8} mt={8}>
          <ActionButton action={deleteMachine} things={[server]} />
        </Group>
      )}
    </div>
  );
}
